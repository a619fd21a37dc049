import type { Snapshot } from '../inventory/snapshot.ts';
import { powerTransitions, type Action } from '../model/action.ts';
import { checkAction, serialKeyOf, type CheckedInventory } from '../model/action-check.ts';
import type { Operation } from '../model/operation.ts';
import type { Row } from '../model/resource.ts';
import type { NewOperation } from '../store/operation.ts';
import type { AcceptOptions, Asked } from './asked-before.ts';
import { viewOf } from './inventory-view.ts';
import { newOperation } from './new-operation.ts';
import type { BulkAction, BulkRequest } from './operations.ts';

// The parts of a bulk: one operation for each machine. What is so already is done and what is impossible has failed before
// anybody begins; of a machine with which something is under way, nobody knows yet.

/** A bulk that is to be accepted. */
export interface Bulk {
  readonly localId: string;
  readonly request: BulkRequest;
  readonly snapshot: Snapshot;
  readonly targets: readonly Row<'VirtualMachine'>[];
  /** What operations that have not ended make others wait for. */
  readonly underWay: ReadonlySet<string>;
}

/** The parts, in the order of the targets. */
export function newParts(
  { capabilities, newId }: Pick<AcceptOptions, 'capabilities' | 'newId'>,
  { localId: parent, request, snapshot, targets, underWay }: Bulk,
  { actor, idempotencyKey, inputHash }: Asked,
): readonly NewOperation[] {
  const inventory = viewOf(snapshot);
  return targets.map((vm) => {
    const action = partAction(request.action, vm.localId);
    const serialKey = serialKeyOf(action);
    const operation = newOperation({
      localId: newId(),
      kind: action.kind,
      actor,
      idempotencyKey: `${idempotencyKey}/${vm.localId}`,
      target: vm.localId,
      targetName: vm.name,
      targetLabels: vm.labels,
      parent,
    });
    const end = underWay.has(serialKey) ? null : endAtOnce({ action, vm, inventory, capabilities });
    const { step = null, ...rest } = end ?? {};
    return { operation: { ...operation, ...rest }, action, serialKey, inputHash, step, audit: null };
  });
}

/** What is done to one machine. */
export function partAction(action: BulkAction, vm: string): Action {
  switch (action.kind) {
    case 'SET_POWER_STATE_BULK':
      return { kind: 'SET_POWER_STATE', vm, action: action.action };
    case 'CREATE_SNAPSHOT_BULK':
      return { kind: 'CREATE_SNAPSHOT', vm, name: action.name, description: action.description };
  }
}

interface Part {
  readonly action: Action;
  readonly vm: Row<'VirtualMachine'>;
  readonly inventory: CheckedInventory;
  readonly capabilities: AcceptOptions['capabilities'];
}

type PartEnd = Partial<Pick<Operation, 'state' | 'progress' | 'error'>> & { readonly step?: string };

/** Null if it is to be carried out. */
function endAtOnce({ action, vm, inventory, capabilities }: Part): PartEnd | null {
  if (isSoAlready(action, vm)) {
    return { state: 'SUCCEEDED', progress: 100, step: `It was ${vm.powerState} already.` };
  }
  const [problem] = checkAction(action, { inventory, capabilities, checkState: true });
  return problem === undefined ? null : { state: 'FAILED', error: { code: problem.code, message: problem.message } };
}

/** Booting anew is never done already. */
function isSoAlready(action: Action, { powerState }: Row<'VirtualMachine'>): boolean {
  if (action.kind !== 'SET_POWER_STATE' || action.action === 'REBOOT' || action.action === 'RESET') {
    return false;
  }
  return powerState === powerTransitions[action.action].to;
}
