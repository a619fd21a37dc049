import type { Snapshot } from '../inventory/snapshot.ts';
import { previewOf } from '../model/action-preview.ts';
import { checkName } from '../model/action-values.ts';
import { bulkNewsOf, countParts } from '../model/bulk.ts';
import { bulkLocalIdOf } from '../model/bulk-id.ts';
import { compileFilter } from '../model/filter.ts';
import type { Operation } from '../model/operation.ts';
import type { Row } from '../model/resource.ts';
import { vmList, type VmFilter } from '../model/vm-list.ts';
import { insertOperations, readOpenSerialKeys } from '../store/operation.ts';
import { accepted, checkKey, hashOf, lookBefore, refused, type AcceptOptions, type Asked } from './asked-before.ts';
import { acceptanceText, forbidden } from './audited.ts';
import { newParts, partAction, type Bulk } from './bulk-parts.ts';
import { viewOf } from './inventory-view.ts';
import { newOperation } from './new-operation.ts';
import type { Acceptance, BulkRequest } from './operations.ts';

// Accepting this installation's part of a bulk: one operation for each machine, all or none.

const mostTargets = 10_000;
const previewLines = 100;

/** Accepts a bulk. Throws as `Operations.acceptBulk`. */
export async function acceptBulk(
  options: AcceptOptions,
  request: BulkRequest,
  signal: AbortSignal,
): Promise<Acceptance> {
  const { actor, action, filter, maxTargets, asked: wanted = filter } = request;
  const idempotencyKey = request.idempotencyKey ?? options.newId();
  const objection = checkKey(idempotencyKey) ?? checkRequest(options, request);
  if (objection !== null) {
    return objection;
  }
  const localId = request.operationId ?? bulkLocalIdOf(actor, idempotencyKey);
  const asked = { actor, idempotencyKey, inputHash: hashOf([action, wanted]), localId, serialKey: null };
  const before = await lookBefore(options, asked, signal);
  if (before.objection !== null) {
    return before.objection;
  }
  if (before.known !== null) {
    return { ...accepted(before.known), targetCount: before.known.counts?.items ?? null };
  }
  const snapshot = request.judge?.seen(before.snapshot) ?? before.snapshot;
  const matching = targetsOf(snapshot, filter);
  const targets = matching.filter(isAllowed(request, snapshot));
  if (targets.length === 0 && matching.length > 0) {
    const message = 'You may not do this with any of the machines that the filter meets.';
    const userErrors = [{ code: 'FORBIDDEN', field: 'input.filter', message } as const];
    return forbidden(options.database, request, { action: action.kind, input: inputOf(request), userErrors }, signal);
  }
  if (targets.length === 0) {
    return refused({ code: 'NOTHING_MATCHED', field: 'input.filter', message: 'The filter meets no machine.' });
  }
  if (targets.length > maxTargets) {
    return tooMany(targets.length, maxTargets);
  }
  if (request.dryRun) {
    return tried({ request, snapshot, targets });
  }
  const operation = await insert(options, { asked, localId, request, snapshot, targets }, signal);
  // Null: another broker accepted it in this very moment, and now it is known.
  return operation === null
    ? acceptBulk(options, { ...request, idempotencyKey }, signal)
    : { ...accepted(operation), targetCount: targets.length };
}

/** What is wrong whatever the inventory has. */
function checkRequest({ capabilities }: AcceptOptions, { action, maxTargets }: BulkRequest): Acceptance | null {
  if (maxTargets < 1 || maxTargets > mostTargets) {
    const message = `It must be from 1 to ${mostTargets}; found ${maxTargets}.`;
    return refused({ code: 'INVALID_ARGUMENT', field: 'input.maxTargets', message });
  }
  const { kind } = partAction(action, '');
  const isPossible =
    capabilities.actions.includes(kind) &&
    (action.kind !== 'SET_POWER_STATE_BULK' || capabilities.powerActions.includes(action.action));
  if (!isPossible) {
    const what = action.kind === 'SET_POWER_STATE_BULK' ? action.action : kind;
    const field = action.kind === 'SET_POWER_STATE_BULK' ? 'input.action' : null;
    return refused({ code: 'UNSUPPORTED', field, message: `This installation cannot do ${what}.` });
  }
  const problems = action.kind === 'CREATE_SNAPSHOT_BULK' ? checkName(action.name) : [];
  return problems.length > 0 ? refused(...problems) : null;
}

function targetsOf(snapshot: Snapshot, filter: VmFilter): readonly Row<'VirtualMachine'>[] {
  const holds = compileFilter(vmList.filter, filter);
  const rows = [...snapshot.rows('VirtualMachine')];
  return (holds === null ? rows : rows.filter(holds)).sort((a, b) => (a.localId < b.localId ? -1 : 1));
}

/** Only what whoever asks may change is a target. */
function isAllowed({ action, judge }: BulkRequest, snapshot: Snapshot): (vm: Row<'VirtualMachine'>) => boolean {
  return ({ localId }) => (judge?.objectionsTo(partAction(action, localId), snapshot) ?? []).length === 0;
}

function tooMany(count: number, maxTargets: number): Acceptance {
  const message = `The filter meets ${count} machines; at most ${maxTargets} are allowed.`;
  return { ...refused({ code: 'TOO_MANY_TARGETS', field: 'input.maxTargets', message }), targetCount: count };
}

function tried({ request, snapshot, targets }: Pick<Bulk, 'request' | 'snapshot' | 'targets'>): Acceptance {
  const inventory = viewOf(snapshot);
  const preview = targets
    .slice(0, previewLines)
    .map(({ localId }) => previewOf(partAction(request.action, localId), inventory));
  return { operation: null, userErrors: [], preview, targetCount: targets.length };
}

async function insert(
  options: AcceptOptions,
  bulk: Omit<Bulk, 'underWay'> & { readonly asked: Asked },
  signal: AbortSignal,
): Promise<Operation | null> {
  const { asked, localId, request } = bulk;
  const { actor, idempotencyKey, inputHash } = asked;
  const underWay = await readOpenSerialKeys(options.database, signal);
  const parts = newParts(options, { ...bulk, underWay }, asked);
  const counts = countParts(parts.map(({ operation }) => operation));
  const seed = { localId, kind: request.action.kind, actor, idempotencyKey };
  const operation: Operation = { ...newOperation(seed), ...bulkNewsOf(counts, false) };
  const audit = acceptanceText(request, operation, { input: inputOf(request), targetCount: parts.length });
  const parent = { operation, action: null, serialKey: null, inputHash, step: null, audit };
  const inserted = await insertOperations(options.database, [parent, ...parts], signal);
  return inserted?.[0] ?? null;
}

function inputOf({ action, filter, maxTargets }: BulkRequest): Pick<BulkRequest, 'filter' | 'maxTargets'> {
  return { ...action, filter, maxTargets };
}
