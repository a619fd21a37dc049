import { datastoreList, type DatastoreFilter, type DatastoreOrderField } from './datastore-list.ts';
import { hostList, type HostFilter, type HostOrderField } from './host-list.ts';
import type { ListSpec } from './list.ts';
import { networkList, type NetworkFilter, type NetworkOrderField } from './network-list.ts';
import { operationList, type OperationFilter, type OperationOrderField } from './operation-list.ts';
import type { RecordKind, Row } from './resource.ts';
import { vmList, type VmFilter, type VmOrderField } from './vm-list.ts';

// The lists of all kinds, for code that treats them alike.

/** The order fields of each kind. */
export interface OrderFields {
  readonly VirtualMachine: VmOrderField;
  readonly Host: HostOrderField;
  readonly Datastore: DatastoreOrderField;
  readonly Network: NetworkOrderField;
  readonly Operation: OperationOrderField;
}

/** The filters of each kind. */
export interface Filters {
  readonly VirtualMachine: VmFilter;
  readonly Host: HostFilter;
  readonly Datastore: DatastoreFilter;
  readonly Network: NetworkFilter;
  readonly Operation: OperationFilter;
}

/** The list of each kind. */
export const lists: { readonly [Kind in RecordKind]: ListSpec<Row<Kind>, OrderFields[Kind], Filters[Kind]> } = {
  VirtualMachine: vmList,
  Host: hostList,
  Datastore: datastoreList,
  Network: networkList,
  Operation: operationList,
};
