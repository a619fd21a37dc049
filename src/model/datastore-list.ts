import * as condition from './condition.ts';
import type { FilterConnectives } from './filter.ts';
import type { ListSpec } from './list.ts';
import type { Row } from './resource.ts';

// How datastores are sorted and filtered: the code beside the enum and the input of schema/datastore.graphql.

/** What datastores may be sorted by. */
export type DatastoreOrderField = 'NAME' | 'CAPACITY' | 'FREE' | 'INSTALLATION';

/** Which datastores are wanted. */
export interface DatastoreFilter extends FilterConnectives<DatastoreFilter> {
  readonly id?: condition.IdFilter | null | undefined;
  readonly name?: condition.StringFilter | null | undefined;
  readonly kind?: condition.StringFilter | null | undefined;
  readonly capacityBytes?: condition.NumberFilter | null | undefined;
  readonly freeBytes?: condition.NumberFilter | null | undefined;
  readonly installation?: condition.IdFilter | null | undefined;
}

/** The list of datastores. */
export const datastoreList: ListSpec<Row<'Datastore'>, DatastoreOrderField, DatastoreFilter> = {
  order: {
    NAME: (datastore) => datastore.name,
    CAPACITY: (datastore) => datastore.capacityBytes,
    FREE: (datastore) => datastore.freeBytes,
    INSTALLATION: (datastore) => datastore.installation,
  },
  defaultOrder: { field: 'NAME', direction: 'ASC' },
  filter: {
    id: condition.id((datastore) => datastore.id),
    name: condition.text((datastore) => datastore.name),
    kind: condition.text((datastore) => datastore.kind),
    capacityBytes: condition.number((datastore) => datastore.capacityBytes),
    freeBytes: condition.number((datastore) => datastore.freeBytes),
    installation: condition.id((datastore) => datastore.installation),
  },
};
