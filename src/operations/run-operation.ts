import { messageOf, SitewideError } from '../core/errors.ts';
import type { ActionResult, Finding, Order } from '../drivers/driver.ts';
import { checkAction } from '../model/action-check.ts';
import type { Operation } from '../model/operation.ts';
import { viewOf } from './inventory-view.ts';
import { LeaseLost, type OperationRecord } from './operation-record.ts';
import { settle, type SettleOptions } from './settle.ts';

// Carrying out one operation, as its present owner. Whoever owned it before may have begun it: then what became of that is
// found out before anything is done. Each end is written once, and only as long as nobody else has taken the operation.

/** What carrying out needs. */
export interface RunOptions extends SettleOptions {
  readonly record: OperationRecord;
  /** Aborts when the operation is no longer this broker's. */
  readonly lease: AbortSignal;
  /** Aborts when somebody wants it ended. */
  readonly cancel: AbortSignal;
  /** How long it may take from its beginning, in milliseconds. */
  readonly timeoutMs: number;
}

type Ending = Pick<Operation, 'state' | 'error'> & { readonly result?: ActionResult; readonly step?: string };

/** Doubled with each attempt, up to the longest, in milliseconds. */
const firstPauseMs = 250;
const longestPauseMs = 5_000;

/** Carries it out. Throws LeaseLost if it became another broker's, or the reason of `lease`. */
export async function runOperation(options: RunOptions): Promise<void> {
  const { record } = options;
  const ending = await carryOut(options);
  const { state, error, result, step } = ending;
  const settled = result === undefined ? null : await settle(options, record.claimed.action, result.vm);
  await record.end({ state, error, target: result?.vm, step: step ?? settled });
}

async function carryOut(options: RunOptions): Promise<Ending> {
  const { record, clock, cancel, timeoutMs, driver } = options;
  const { action, begun } = record.claimed;
  const until = (record.startedAt ?? clock.now()) + timeoutMs;
  let mayBeDone = begun;
  for (let attempt = 0; ; attempt += 1) {
    if (mayBeDone) {
      const finding = await reconcile(options, until);
      const ending = endingOf(finding, cancel);
      if (ending !== null) return ending;
    } else {
      const problem = cancel.aborted ? cancelled : impossible(options);
      if (problem !== null) return problem;
    }
    await record.begin(attempt === 0 ? 'Begun.' : 'Begun again.');
    try {
      const result = await driver.apply(action, orderOf(options, until));
      return { state: 'SUCCEEDED', error: null, result };
    } catch (thrown) {
      const ending = endingOfError(options, thrown, until);
      if (ending !== null) return ending;
      mayBeDone = !wasNeverSent(thrown);
      if (!cancel.aborted) {
        await clock.sleep(Math.min(longestPauseMs, firstPauseMs * 2 ** attempt), options.lease);
      }
    }
  }
}

function orderOf({ record, lease, cancel, clock }: RunOptions, until: number): Order {
  const { operation, epoch } = record.claimed;
  const time = AbortSignal.timeout(Math.max(1, until - clock.now()));
  return {
    operationId: operation.localId,
    epoch,
    signal: AbortSignal.any([lease, cancel, time]),
    onProgress: (progress, step) => record.progress(progress, step),
  };
}

/** What became of it. Nobody can tell as long as the manager is away, which may be until the time is over. */
async function reconcile({ record, lease, clock, driver }: RunOptions, until: number): Promise<Finding> {
  const { action, operation, epoch } = record.claimed;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await driver.reconcile(action, { operationId: operation.localId, epoch, signal: lease });
    } catch (thrown) {
      lease.throwIfAborted();
      if (thrown instanceof SitewideError && thrown.code === 'STALE_EPOCH') throw new LeaseLost();
      if (!isRetryable(thrown) || clock.now() > until) return { outcome: 'UNKNOWN' };
      await clock.sleep(Math.min(longestPauseMs, firstPauseMs * 2 ** attempt), lease);
    }
  }
}

const cancelled: Ending = { state: 'CANCELLED', error: null };

/** Null if it is to be done now. */
function endingOf(finding: Finding, cancel: AbortSignal): Ending | null {
  switch (finding.outcome) {
    case 'DONE':
      return { state: 'SUCCEEDED', error: null, result: finding.result };
    case 'NOT_DONE':
      return cancel.aborted ? cancelled : null;
    case 'UNKNOWN': {
      const message = 'It was begun, and nobody can tell whether it was done. It was not done twice.';
      return { state: 'FAILED', error: { code: 'OUTCOME_UNKNOWN', message } };
    }
  }
}

/** Between acceptance and now the machine may have changed. */
function impossible({ record, inventory, driver }: RunOptions): Ending | null {
  const { snapshot, status } = inventory.current();
  if (snapshot === null || status !== 'OK') {
    return null;
  }
  const view = { inventory: viewOf(snapshot), capabilities: driver.capabilities, checkState: true };
  const [problem] = checkAction(record.claimed.action, view);
  return problem === undefined ? null : { state: 'FAILED', error: { code: problem.code, message: problem.message } };
}

/** Null if it is to be found out whether it was done. */
function endingOfError({ lease, cancel, clock }: RunOptions, thrown: unknown, until: number): Ending | null {
  lease.throwIfAborted();
  if (cancel.aborted) return null;
  if (thrown instanceof SitewideError) {
    const { code, message } = thrown as SitewideError;
    if (code === 'STALE_EPOCH') throw new LeaseLost();
    if (code === 'ACTION_IMPOSSIBLE' || code === 'ACTION_UNSUPPORTED') {
      return { state: 'FAILED', error: { code, message } };
    }
    if (clock.now() > until && wasNeverSent(thrown)) {
      return { state: 'FAILED', error: { code, message } };
    }
    return null;
  }
  return isTimeout(thrown) ? null : { state: 'FAILED', error: { code: 'DRIVER_FAULT', message: messageOf(thrown) } };
}

function isRetryable(thrown: unknown): boolean {
  return thrown instanceof SitewideError && (thrown as SitewideError).retryable;
}

function isTimeout(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === 'TimeoutError';
}

/** Nobody listened, so nothing was asked for. */
function wasNeverSent(thrown: unknown): boolean {
  for (let cause: unknown = thrown; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { readonly code?: unknown };
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return true;
  }
  return false;
}
