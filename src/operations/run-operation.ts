import type { ActionResult, Driver, Order } from '../drivers/driver.ts';
import { createDeadline, type Deadline } from '../core/deadline.ts';
import type { InventoryFeed } from '../inventory/inventory.ts';
import { checkAction } from '../model/action-check.ts';
import type { Operation } from '../model/operation.ts';
import { failureOf, type Failure } from './failure.ts';
import { viewOf } from './inventory-view.ts';
import { LeaseLost, type OperationRecord } from './operation-record.ts';
import { settle, type SettleOptions } from './settle.ts';

// Carrying out one operation, as its present owner. Whenever the driver may have been asked before, what became of that is
// found out before anything else is done. Each end is written once, and only as long as nobody else has the operation.

/** What carrying out needs. */
export interface RunOptions extends Omit<SettleOptions, 'inventory'> {
  readonly driver: Driver;
  readonly inventory: InventoryFeed;
  readonly record: OperationRecord;
  /** Aborts when somebody wants it ended. */
  readonly cancel: AbortSignal;
}

type Ending = Pick<Operation, 'state' | 'error'> & { readonly result?: ActionResult };

/** Doubled with each attempt, up to the longest, in milliseconds. */
const firstPauseMs = 250;
const longestPauseMs = 5_000;
/** When its time is over, so much more is spent on finding out what became of it, in milliseconds. */
const reconcileMs = 10_000;

/** Carries it out; gives it as it ended. Throws LeaseLost, or the reason of `lease`. */
export async function runOperation(options: RunOptions): Promise<Operation> {
  const { record, clock, timeoutMs, lease } = options;
  const remainingMs = Math.max(0, timeoutMs - record.claimed.runningMs);
  using deadline = createDeadline({ clock, timeoutMs: remainingMs, parent: lease });
  const { state, error, result } = await carryOut(options, deadline);
  const step = result === undefined ? null : await settle(options, record.claimed.action, result.vm);
  return await record.end({ state, error, target: result?.vm, step });
}

async function carryOut(options: RunOptions, deadline: Deadline): Promise<Ending> {
  const { record, cancel, lease } = options;
  let mayBeDone = record.claimed.begun;
  let failure: Failure | null = null;
  for (let attempt = 0; ; attempt += 1) {
    const known = mayBeDone ? await reconcile(options, deadline) : null;
    if (known !== null) return known;
    if (cancel.aborted) return cancelled;
    if (failure?.isFinal === true) return failed(failure);
    if (deadline.signal.aborted) {
      return failed(failure ?? failureOf(deadline.signal.reason));
    }
    const problem = attempt === 0 && !mayBeDone ? await impossible(options) : null;
    if (problem !== null) return problem;
    await record.begin(attempt === 0 ? 'Begun.' : 'Begun again.');
    const outcome = await apply(options, deadline);
    if ('result' in outcome) return succeeded(outcome.result);
    failure = outcome;
    if (failure.code === 'STALE_EPOCH') throw new LeaseLost();
    mayBeDone = failure.mayBeDone;
    if (!failure.isFinal) await pause(options, deadline, attempt);
    lease.throwIfAborted();
  }
}

async function apply(options: RunOptions, deadline: Deadline): Promise<{ readonly result: ActionResult } | Failure> {
  const { record, driver, cancel, lease } = options;
  try {
    const signal = AbortSignal.any([deadline.signal, cancel]);
    return { result: await driver.apply(record.claimed.action, orderOf(options, signal)) };
  } catch (thrown) {
    lease.throwIfAborted();
    return failureOf(thrown);
  }
}

/** What became of it; null if nothing was done, and nothing will be. The manager may be away until the time is over. */
async function reconcile(options: RunOptions, { remainingMs }: Deadline): Promise<Ending | null> {
  const { record, driver, clock, lease } = options;
  using deadline = createDeadline({ clock, timeoutMs: remainingMs() + reconcileMs, parent: lease });
  const { signal } = deadline;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const finding = await driver.reconcile(record.claimed.action, orderOf(options, signal));
      if (finding.outcome === 'DONE') return succeeded(finding.result);
      return finding.outcome === 'NOT_DONE' ? null : unknown(null);
    } catch (thrown) {
      lease.throwIfAborted();
      const failure = failureOf(thrown);
      if (failure.code === 'STALE_EPOCH') throw new LeaseLost();
      if (failure.isFinal || signal.aborted) return unknown(failure);
    }
    await clock.sleep(pauseMs(attempt), signal).catch(() => undefined);
    lease.throwIfAborted();
  }
}

function orderOf({ record }: RunOptions, signal: AbortSignal): Order {
  const { localId: operationId, epoch } = record.claimed;
  return { operationId, epoch, signal, onProgress: (progress, step) => record.progress(progress, step) };
}

/**
 * Between acceptance and now the machine may have changed. What ended before this one was taken is in the inventory by
 * then; if not, the manager says whether it is possible.
 */
async function impossible({ record, inventory, driver, lease }: RunOptions): Promise<Ending | null> {
  const { feed, revision, action } = record.claimed;
  const isReached = await inventory.log?.reach({ feed, revision, part: 0 }, lease);
  const { snapshot, status } = inventory.current();
  if (isReached !== true || snapshot === null || status !== 'OK') {
    return null;
  }
  const view = { inventory: viewOf(snapshot), capabilities: driver.capabilities, checkState: true };
  const [problem] = checkAction(action, view);
  return problem === undefined ? null : failed(problem);
}

async function pause({ clock, cancel }: RunOptions, { signal }: Deadline, attempt: number): Promise<void> {
  await clock.sleep(pauseMs(attempt), AbortSignal.any([signal, cancel])).catch(() => undefined);
}

function pauseMs(attempt: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** attempt);
}

const cancelled: Ending = { state: 'CANCELLED', error: null };

function succeeded(result: ActionResult): Ending {
  return { state: 'SUCCEEDED', error: null, result };
}

function failed({ code, message }: { readonly code: string; readonly message: string }): Ending {
  return { state: 'FAILED', error: { code, message } };
}

function unknown(failure: Failure | null): Ending {
  const why = failure === null ? '' : ` ${failure.message}`;
  const message = `It was begun, and nobody can tell whether it was done. It was not done twice.${why}`;
  return failed({ code: 'OUTCOME_UNKNOWN', message });
}
