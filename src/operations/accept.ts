import type { Snapshot } from '../inventory/snapshot.ts';
import type { Action } from '../model/action.ts';
import { checkAction, serialKeyOf } from '../model/action-check.ts';
import { previewOf } from '../model/action-preview.ts';
import type { Operation } from '../model/operation.ts';
import { accepted, checkKey, hashOf, lookBefore, refused, type AcceptOptions, type Asked } from './asked-before.ts';
import { viewOf } from './inventory-view.ts';
import { acceptanceText, forbidden } from './audited.ts';
import { newOperation } from './new-operation.ts';
import type { Acceptance, ChangeRequest } from './operations.ts';

// Accepting a change: it is checked against the inventory, and what is accepted is committed before anybody is told so.

/** Accepts a change of one machine. Throws as `Operations.accept`. */
export async function acceptChange(
  options: AcceptOptions,
  request: ChangeRequest,
  signal: AbortSignal,
): Promise<Acceptance> {
  const { action, actor, dryRun, judge } = request;
  const idempotencyKey = request.idempotencyKey ?? options.newId();
  const objection = checkKey(idempotencyKey);
  if (objection !== null) {
    return objection;
  }
  const inputHash = hashOf([action.kind, request.asked ?? action]);
  const asked: Asked = { actor, idempotencyKey, inputHash, localId: null, serialKey: serialKeyOf(action) };
  const before = await lookBefore(options, asked, signal);
  if (before.objection !== null) {
    return before.objection;
  }
  if (before.known !== null) {
    return dryRun ? { ...accepted(null), preview: [knownPreview] } : accepted(before.known);
  }
  const snapshot = judge?.seen(before.snapshot) ?? before.snapshot;
  const objections = judge?.objectionsTo(action, snapshot) ?? [];
  if (objections.length > 0) {
    const refusal = {
      action: action.kind,
      target: targetOf(action, snapshot).target,
      input: action,
      userErrors: objections,
    };
    return forbidden(options.database, request, refusal, signal);
  }
  const inventory = viewOf(snapshot);
  const { capabilities } = options;
  // What state an operation under way will leave is not known yet; whoever carries this one out looks again.
  const userErrors = checkAction(action, { inventory, capabilities, checkState: !before.hasEarlier });
  if (userErrors.length > 0) {
    return refused(...userErrors);
  }
  if (dryRun) {
    return { ...accepted(null), preview: [previewOf(action, inventory)] };
  }
  const operation = await insert(options, { request, asked, snapshot }, signal);
  // Null: another broker accepted it in this very moment, and now it is known.
  return operation === null ? acceptChange(options, { ...request, idempotencyKey }, signal) : accepted(operation);
}

const knownPreview = 'It was accepted before; nothing more would be done.';

interface Checked {
  readonly request: ChangeRequest;
  readonly asked: Asked;
  readonly snapshot: Snapshot;
}

function insert(
  { writer, newId }: AcceptOptions,
  { request, asked, snapshot }: Checked,
  signal: AbortSignal,
): Promise<Operation | null> {
  const { action } = request;
  const { actor, idempotencyKey, inputHash, serialKey } = asked;
  const seed = { localId: newId(), kind: action.kind, actor, idempotencyKey, ...targetOf(action, snapshot) };
  const operation = newOperation(seed);
  const audit = acceptanceText(request, operation, { input: action });
  return writer.accept({ operation, action, serialKey, inputHash, step: null, audit }, signal);
}

/** What an action changes, with its name now. A copy is named as it will be; what it copies is no target, but labelled the same. */
function targetOf(action: Action, snapshot: Snapshot): Pick<Operation, 'target' | 'targetName' | 'targetLabels'> {
  if (action.kind === 'CREATE_VIRTUAL_MACHINE') {
    return { target: null, targetName: action.spec.name, targetLabels: action.spec.labels };
  }
  const vm = snapshot.get('VirtualMachine', action.vm);
  const targetLabels = vm?.labels ?? null;
  return action.kind === 'CLONE_VIRTUAL_MACHINE'
    ? { target: null, targetName: action.name, targetLabels }
    : { target: action.vm, targetName: vm?.name ?? null, targetLabels };
}
