import type { Snapshot } from '../inventory/snapshot.ts';
import { powerTransitions, type Action } from '../model/action.ts';
import { checkAction, previewOf, serialKeyOf } from '../model/action-check.ts';
import { bulkLocalIdOf } from '../model/bulk-id.ts';
import { compileFilter } from '../model/filter.ts';
import type { Operation, OperationCounts } from '../model/operation.ts';
import type { Row } from '../model/resource.ts';
import { vmList, type VmFilter } from '../model/vm-list.ts';
import { insertOperations, readByKey, type NewOperation } from '../store/operation.ts';
import {
  accepted,
  checkKey,
  hashOf,
  keyReused,
  newOperation,
  refused,
  snapshotOf,
  type AcceptOptions,
} from './accept.ts';
import { viewOf } from './inventory-view.ts';
import type { Acceptance, BulkAction, BulkRequest } from './operations.ts';

// Accepting this installation's part of a bulk: one operation for each machine, all or none. What is so already is done,
// and what is impossible has failed, before anybody begins.

const mostTargets = 10_000;
const previewLines = 100;

interface Bulk {
  readonly request: BulkRequest;
  readonly idempotencyKey: string;
  readonly inputHash: string;
  readonly snapshot: Snapshot;
  readonly targets: readonly Row<'VirtualMachine'>[];
}

/** Accepts a bulk. Throws as `Operations.acceptBulk`. */
export async function acceptBulk(
  options: AcceptOptions,
  request: BulkRequest,
  signal: AbortSignal,
): Promise<Acceptance> {
  const idempotencyKey = request.idempotencyKey ?? options.newId();
  const inputHash = hashOf([request.action, request.filter]);
  const objection = checkKey(idempotencyKey) ?? checkMaximum(request) ?? checkCapability(options, request);
  if (objection !== null) {
    return objection;
  }
  const key = { actor: request.actor, idempotencyKey };
  const kept = await readByKey(options.database, key, signal);
  if (kept !== null) {
    return kept.inputHash === inputHash ? known(kept.operation, request) : keyReused(kept);
  }
  const snapshot = snapshotOf(options);
  const targets = targetsOf(snapshot, request.filter);
  if (targets.length === 0) {
    return refused({ code: 'NOTHING_MATCHED', field: 'input.filter', message: 'The filter meets no machine.' });
  }
  if (targets.length > request.maxTargets) {
    const message = `The filter meets ${targets.length} machines; at most ${request.maxTargets} are allowed.`;
    return {
      ...refused({ code: 'TOO_MANY_TARGETS', field: 'input.maxTargets', message }),
      targetCount: targets.length,
    };
  }
  const bulk: Bulk = { request, idempotencyKey, inputHash, snapshot, targets };
  return request.dryRun ? tried(bulk) : commit(options, bulk, signal);
}

function checkMaximum({ maxTargets }: BulkRequest): Acceptance | null {
  const message = `It must be from 1 to ${mostTargets}; found ${maxTargets}.`;
  return maxTargets < 1 || maxTargets > mostTargets
    ? refused({ code: 'INVALID_ARGUMENT', field: 'input.maxTargets', message })
    : null;
}

function checkCapability({ capabilities }: AcceptOptions, { action }: BulkRequest): Acceptance | null {
  const isPossible =
    action.kind === 'SET_POWER_STATE_BULK'
      ? capabilities.powerActions.includes(action.action)
      : capabilities.actions.includes('CREATE_SNAPSHOT');
  return isPossible
    ? null
    : refused({ code: 'UNSUPPORTED', field: 'input.action', message: 'This installation cannot do that.' });
}

function known(operation: Operation, { dryRun }: BulkRequest): Acceptance {
  return { ...accepted(dryRun ? null : operation), targetCount: operation.counts?.items ?? null };
}

function targetsOf(snapshot: Snapshot, filter: VmFilter): readonly Row<'VirtualMachine'>[] {
  const holds = compileFilter(vmList.filter, filter);
  const rows = [...snapshot.rows('VirtualMachine')];
  return (holds === null ? rows : rows.filter(holds)).sort((a, b) => (a.localId < b.localId ? -1 : 1));
}

function tried({ request, snapshot, targets }: Bulk): Acceptance {
  const inventory = viewOf(snapshot);
  const preview = targets
    .slice(0, previewLines)
    .map(({ localId }) => previewOf(partAction(request.action, localId), inventory));
  return { operation: null, userErrors: [], preview, targetCount: targets.length };
}

async function commit(options: AcceptOptions, bulk: Bulk, signal: AbortSignal): Promise<Acceptance> {
  const { request, idempotencyKey, inputHash, targets } = bulk;
  const { actor } = request;
  const localId = request.operationId ?? bulkLocalIdOf(actor, idempotencyKey);
  const parts = targets.map((vm) => newPart(options, bulk, { vm, parent: localId }));
  const parent: Operation = {
    ...newOperation(options, { localId, kind: request.action.kind, actor, idempotencyKey }),
    state: 'RUNNING',
    startedAt: options.clock.now(),
    counts: countsOf(parts),
  };
  const given = [{ operation: parent, action: null, serialKey: null, inputHash }, ...parts];
  if (await insertOperations(options.database, given, signal)) {
    return { ...accepted(parent), targetCount: targets.length };
  }
  // Another broker accepted it in this very moment.
  const kept = await readByKey(options.database, { actor, idempotencyKey }, signal);
  return kept === null || kept.inputHash === inputHash ? known(kept?.operation ?? parent, request) : keyReused(kept);
}

function newPart(
  options: AcceptOptions,
  { request, idempotencyKey, inputHash, snapshot }: Bulk,
  { vm, parent }: { readonly vm: Row<'VirtualMachine'>; readonly parent: string },
): NewOperation {
  const action = partAction(request.action, vm.localId);
  const operation = newOperation(options, {
    localId: options.newId(),
    kind: action.kind,
    actor: request.actor,
    idempotencyKey: `${idempotencyKey}/${vm.localId}`,
    target: vm.localId,
    targetName: vm.name,
    parent,
  });
  const now = options.clock.now();
  const end = { progress: 100, finishedAt: now } as const;
  const done = (message: string) =>
    ({ ...operation, ...end, state: 'SUCCEEDED', steps: [{ message, at: now }] }) as const;
  if (action.kind === 'SET_POWER_STATE' && isSoAlready(action, vm)) {
    return { operation: done(`It was ${vm.powerState} already.`), action, serialKey: null, inputHash };
  }
  const view = { inventory: viewOf(snapshot), capabilities: options.capabilities, checkState: true };
  const [problem] = checkAction(action, view);
  if (problem !== undefined) {
    const { code, message } = problem;
    const failed: Operation = { ...operation, ...end, state: 'FAILED', error: { code, message } };
    return { operation: failed, action, serialKey: null, inputHash };
  }
  return { operation, action, serialKey: serialKeyOf(action), inputHash };
}

/** Booting anew is never done already. */
function isSoAlready(
  { action }: Extract<Action, { readonly kind: 'SET_POWER_STATE' }>,
  { powerState }: Row<'VirtualMachine'>,
): boolean {
  return action !== 'REBOOT' && action !== 'RESET' && powerState === powerTransitions[action].to;
}

function partAction(action: BulkAction, vm: string): Action {
  switch (action.kind) {
    case 'SET_POWER_STATE_BULK':
      return { kind: 'SET_POWER_STATE', vm, action: action.action };
    case 'CREATE_SNAPSHOT_BULK':
      return { kind: 'CREATE_SNAPSHOT', vm, name: action.name, description: action.description };
  }
}

function countsOf(parts: readonly NewOperation[]): OperationCounts {
  const inState = (wanted: Operation['state']): number =>
    parts.filter(({ operation }) => operation.state === wanted).length;
  return {
    items: parts.length,
    progress: parts.reduce((sum, { operation }) => sum + operation.progress, 0),
    succeeded: inState('SUCCEEDED'),
    failed: inState('FAILED'),
    cancelled: 0,
  };
}
