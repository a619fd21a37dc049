import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import type { Operation, OperationStep } from '../model/operation.ts';
import type { Database } from '../store/database.ts';
import { changeOperations, type OperationChange } from '../store/operation.ts';
import { isOwned, type ClaimedOperation } from '../store/operation-claim.ts';

// What is written about an operation while it is carried out. One write after the other, each only if the operation is
// still this owner's; while the database is away they wait for it.

/** The operation was taken by another broker, or has ended. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor() {
    super('The operation is no longer this broker’s.');
  }
}

/** What comes to an end. */
interface End extends Pick<Operation, 'state' | 'error'> {
  /** The machine it changed or made, if that is known only now. */
  readonly target?: string | undefined;
  readonly step: string | null;
}

/** The record of one operation under one owner. */
export interface OperationRecord {
  readonly claimed: ClaimedOperation;
  /** When it was begun first, in milliseconds since 1970; null if it was not. */
  readonly startedAt: number | null;
  /** Notes that the driver is asked from now on. Throws LeaseLost, or the signal's reason. */
  begin(step: string): Promise<void>;
  /** Notes how far it is, a few times a second at most. */
  progress(progress: number, step?: string): void;
  /** Notes its end. Throws the same. */
  end(end: End): Promise<void>;
}

interface RecordOptions {
  readonly database: Database;
  readonly owner: string;
  readonly clock: Clock;
  /** Aborts when this broker ends; until then an end that is known is not given up. */
  readonly stop: AbortSignal;
}

const retryMs = 250;
const progressIntervalMs = 250;
/** More would make each change of the operation a long one. */
const mostSteps = 50;

/** The record of a claimed operation. */
export function createRecord(claimed: ClaimedOperation, options: RecordOptions): OperationRecord {
  const { database, owner, clock, stop } = options;
  const { operation, epoch } = claimed;
  let { startedAt } = operation;
  let steps: readonly OperationStep[] = operation.steps;
  let progressed = operation.progress;
  let toldAt = -Infinity;
  let turn: Promise<unknown> = Promise.resolve();
  const write = async (change: OperationChange): Promise<void> => {
    for (;;) {
      try {
        const condition = isOwned(operation.localId, { owner, epoch });
        const changed = await changeOperations(database, condition, change, stop);
        if (changed.length === 0) throw new LeaseLost();
        return;
      } catch (thrown) {
        const isAway = thrown instanceof SitewideError && thrown.code === 'STORE_UNAVAILABLE';
        if (!isAway) throw thrown;
        await clock.sleep(retryMs, stop);
      }
    }
  };
  const inTurn = (change: () => OperationChange): Promise<void> => {
    const done = turn.then(() => write(change()));
    turn = done.catch(() => undefined);
    return done;
  };
  const note = (message: string | null): void => {
    if (message !== null && steps.at(-1)?.message !== message) {
      steps = [...steps, { message, at: clock.now() }].slice(-mostSteps);
    }
  };
  return {
    claimed,
    get startedAt() {
      return startedAt;
    },
    begin(step) {
      startedAt ??= clock.now();
      note(step);
      return inTurn(() => ({ patch: { state: 'RUNNING', startedAt, steps }, begun: true }));
    },
    progress(progress, step) {
      note(step ?? null);
      progressed = Math.max(progressed, Math.min(99, progress));
      if (clock.now() - toldAt < progressIntervalMs) return;
      toldAt = clock.now();
      // An end that follows says more; that this was not written is nobody's trouble.
      inTurn(() => ({ patch: { progress: progressed, steps } })).catch(() => undefined);
    },
    end({ state, error, target, step }) {
      note(step);
      return inTurn(() => ({
        patch: {
          state,
          error,
          steps,
          progress: state === 'SUCCEEDED' ? 100 : progressed,
          finishedAt: clock.now(),
          ...(target === undefined ? {} : { target }),
        },
      }));
    },
  };
}
