import { encodeId } from '../core/ids.ts';
import * as condition from './condition.ts';
import type { FilterConnectives } from './filter.ts';
import type { ListSpec } from './list.ts';
import type { BulkKind, OperationKind, OperationState } from './operation.ts';
import type { Row } from './resource.ts';

// How operations are sorted and filtered: the code beside the enum and the input of schema/operation.graphql.

/** What operations may be sorted by. */
export type OperationOrderField = 'CREATED_AT' | 'FINISHED_AT' | 'KIND' | 'STATE' | 'TARGET_NAME' | 'INSTALLATION';

/** Which operations are wanted. */
export interface OperationFilter extends FilterConnectives<OperationFilter> {
  readonly id?: condition.IdFilter | null | undefined;
  readonly kind?: readonly OperationKind[] | null | undefined;
  readonly state?: readonly OperationState[] | null | undefined;
  readonly targetId?: condition.IdFilter | null | undefined;
  readonly targetName?: condition.StringFilter | null | undefined;
  readonly installation?: condition.IdFilter | null | undefined;
  readonly parentId?: condition.IdFilter | null | undefined;
  readonly actor?: condition.StringFilter | null | undefined;
  readonly idempotencyKey?: condition.StringFilter | null | undefined;
  readonly createdAt?: condition.NumberFilter | null | undefined;
  readonly finishedAt?: condition.NumberFilter | null | undefined;
}

type OperationRow = Row<'Operation'>;

/** The list of operations. */
export const operationList: ListSpec<OperationRow, OperationOrderField, OperationFilter> = {
  order: {
    CREATED_AT: (operation) => operation.createdAt,
    FINISHED_AT: (operation) => operation.finishedAt,
    KIND: (operation) => operation.kind,
    STATE: (operation) => operation.state,
    TARGET_NAME: (operation) => operation.targetName,
    INSTALLATION: (operation) => operation.installation,
  },
  defaultOrder: { field: 'CREATED_AT', direction: 'DESC' },
  filter: {
    id: condition.id(operationIdOf),
    kind: condition.oneOf((operation) => operation.kind),
    state: condition.oneOf((operation) => operation.state),
    targetId: condition.id(targetIdOf),
    targetName: condition.text((operation) => operation.targetName),
    installation: condition.id((operation) => operation.installation),
    parentId: condition.id(parentIdOf),
    actor: condition.text((operation) => operation.actor),
    idempotencyKey: condition.text((operation) => operation.idempotencyKey),
    createdAt: condition.number((operation) => operation.createdAt),
    finishedAt: condition.number((operation) => operation.finishedAt),
  },
};

/** In ids, the installation of what belongs to every installation of the tier. It cannot be configured as one. */
export const everyInstallation = '*';

/** The global id of a bulk, of which every installation may have a part, all under this id. */
export function bulkIdOf(localId: string): string {
  return encodeId({ type: 'Operation', installation: everyInstallation, localId });
}

/** True if the kind is that of a bulk. */
export function isBulk(kind: OperationKind): kind is BulkKind {
  return kind === 'SET_POWER_STATE_BULK' || kind === 'CREATE_SNAPSHOT_BULK';
}

/** The global id of an operation as clients know it. */
export function operationIdOf(operation: OperationRow): string {
  return isBulk(operation.kind) ? bulkIdOf(operation.localId) : operation.id;
}

/** The global id of the bulk that an operation is a part of; null if it is none. */
export function parentIdOf({ parent }: OperationRow): string | null {
  return parent === null ? null : bulkIdOf(parent);
}

/** The global id of what an operation changes; null if there is nothing, or not yet. */
export function targetIdOf({ target, installation }: OperationRow): string | null {
  return target === null ? null : encodeId({ type: 'VirtualMachine', installation, localId: target });
}
