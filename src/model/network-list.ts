import * as condition from './condition.ts';
import type { FilterConnectives } from './filter.ts';
import type { ListSpec } from './list.ts';
import type { Row } from './resource.ts';

// How networks are sorted and filtered: the code beside the enum and the input of schema/network.graphql.

/** What networks may be sorted by. */
export type NetworkOrderField = 'NAME' | 'VLAN' | 'INSTALLATION';

/** Which networks are wanted. */
export interface NetworkFilter extends FilterConnectives<NetworkFilter> {
  readonly id?: condition.IdFilter | null | undefined;
  readonly name?: condition.StringFilter | null | undefined;
  readonly kind?: condition.StringFilter | null | undefined;
  readonly vlanId?: condition.NumberFilter | null | undefined;
  readonly installation?: condition.IdFilter | null | undefined;
}

/** The list of networks. */
export const networkList: ListSpec<Row<'Network'>, NetworkOrderField, NetworkFilter> = {
  order: {
    NAME: (network) => network.name,
    VLAN: (network) => network.vlanId,
    INSTALLATION: (network) => network.installation,
  },
  defaultOrder: { field: 'NAME', direction: 'ASC' },
  filter: {
    id: condition.id((network) => network.id),
    name: condition.text((network) => network.name),
    kind: condition.text((network) => network.kind),
    vlanId: condition.number((network) => network.vlanId),
    installation: condition.id((network) => network.installation),
  },
};
