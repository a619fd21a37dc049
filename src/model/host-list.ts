import * as condition from './condition.ts';
import type { FilterConnectives } from './filter.ts';
import type { HostState } from './host.ts';
import type { ListSpec } from './list.ts';
import type { Row } from './resource.ts';

// How hosts are sorted and filtered: the code beside the enum and the input of schema/host.graphql.

/** What hosts may be sorted by. */
export type HostOrderField = 'NAME' | 'CPU_COUNT' | 'MEMORY' | 'INSTALLATION';

/** Which hosts are wanted. */
export interface HostFilter extends FilterConnectives<HostFilter> {
  readonly id?: condition.IdFilter | null | undefined;
  readonly name?: condition.StringFilter | null | undefined;
  readonly state?: readonly HostState[] | null | undefined;
  readonly cpuCount?: condition.NumberFilter | null | undefined;
  readonly memoryMiB?: condition.NumberFilter | null | undefined;
  readonly installation?: condition.IdFilter | null | undefined;
}

/** The list of hosts. */
export const hostList: ListSpec<Row<'Host'>, HostOrderField, HostFilter> = {
  order: {
    NAME: (host) => host.name,
    CPU_COUNT: (host) => host.cpuCount,
    MEMORY: (host) => host.memoryMiB,
    INSTALLATION: (host) => host.installation,
  },
  defaultOrder: { field: 'NAME', direction: 'ASC' },
  filter: {
    id: condition.id((host) => host.id),
    name: condition.text((host) => host.name),
    state: condition.oneOf((host) => host.state),
    cpuCount: condition.number((host) => host.cpuCount),
    memoryMiB: condition.number((host) => host.memoryMiB),
    installation: condition.id((host) => host.installation),
  },
};
