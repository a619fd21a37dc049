import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import type { Operation } from '../model/operation.ts';
import type { ClaimedOperation } from '../store/operation-claim.ts';
import type { OperationNews, OperationWriter } from '../store/operation-writer.ts';

// What is written about an operation while it is carried out. One write after the other, each only if the operation is
// still this broker's.

/** The operation was taken by another broker, or has ended. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor() {
    super('The operation is no longer this broker’s.');
  }
}

/** How it ended. */
export interface End extends Pick<Operation, 'state' | 'error'> {
  /** The machine it changed or made, if that is known only now. */
  readonly target?: string | undefined;
  readonly step: string | null;
}

/** The record of one operation under one owner. */
export interface OperationRecord {
  readonly claimed: ClaimedOperation;
  /** Notes that the driver may be asked from now on. Throws LeaseLost, or the reason of the lease's signal. */
  begin(step: string): Promise<void>;
  /** Notes how far it is, a few times a second at most. */
  progress(progress: number, step?: string): void;
  /** Notes its end and gives it as it is then. Throws the same, or the reason of `stop`. */
  end(end: End): Promise<Operation>;
}

interface RecordOptions {
  readonly writer: OperationWriter;
  readonly clock: Clock;
  /** Aborts when the operation is no longer this broker's. */
  readonly lease: AbortSignal;
  /** Aborts when this broker ends; until then an end that is known is not given up, as long as nobody else has taken over. */
  readonly stop: AbortSignal;
  /** Told when a write shows that the operation is another broker's. */
  readonly onLost: () => void;
}

const retryMs = 250;
/** Each write is an event at every subscriber. */
const progressIntervalMs = 250;
/** More would make each change of the operation a long one. */
const mostSteps = 50;

/** The record of a claimed operation. */
export function createRecord(claimed: ClaimedOperation, options: RecordOptions): OperationRecord {
  const { writer, clock, lease, stop, onLost } = options;
  let progressed = claimed.operation.progress;
  let last = claimed.operation.steps.at(-1)?.message;
  let room = mostSteps - claimed.operation.steps.length;
  let steps: string[] = [];
  let isPending = false;
  let isOver = false;
  let isTelling = false;
  const note = (message: string | undefined): void => {
    if (message !== undefined && message !== last && room > 0) {
      steps.push(message);
      last = message;
      room -= 1;
    }
  };
  const change = async (news: OperationNews, signal: AbortSignal): Promise<Operation> => {
    const changed = await writer.change(claimed, news, signal);
    if (changed === null) {
      onLost();
      throw new LeaseLost();
    }
    return changed;
  };
  const tell = async (): Promise<void> => {
    isTelling = true;
    try {
      // What is over soon needs no words on its way.
      await clock.sleep(progressIntervalMs, lease);
      while (isPending && !isOver) {
        await tellOnce();
        await clock.sleep(progressIntervalMs, lease);
      }
    } finally {
      isTelling = false;
    }
  };
  const tellOnce = async (): Promise<void> => {
    const told = steps;
    [isPending, steps] = [false, []];
    try {
      await change({ content: { progress: progressed }, steps: told }, lease);
    } catch (thrown) {
      if (!isAway(thrown)) throw thrown;
      // What follows says it as well.
      steps = [...told, ...steps];
    }
  };
  return {
    claimed,
    async begin(step) {
      note(step);
      const told = steps;
      steps = [];
      await whileAway(() => change({ content: { state: 'RUNNING' }, steps: told, begun: true }, lease), clock, lease);
    },
    progress(progress, step) {
      note(step);
      progressed = Math.max(progressed, Math.min(99, progress));
      isPending = true;
      if (isTelling || isOver) return;
      // That nothing more can be told is noticed by whoever begins or ends it.
      tell().catch(() => undefined);
    },
    async end({ state, error, target, step }) {
      isOver = true;
      const content = { state, error, progress: state === 'SUCCEEDED' ? 100 : progressed };
      const news = { content: target === undefined ? content : { ...content, target } };
      const all = step === null ? steps : [...steps, step];
      return whileAway(() => change({ ...news, steps: all }, stop), clock, stop);
    },
  };
}

/** Tries again as long as the database is away. A write that was made although it failed is made again, or has no effect. */
async function whileAway<T>(write: () => Promise<T>, clock: Clock, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (thrown) {
      if (!isAway(thrown)) throw thrown;
      await clock.sleep(retryMs, signal);
    }
  }
}

function isAway(thrown: unknown): boolean {
  return thrown instanceof SitewideError && thrown.code === 'STORE_UNAVAILABLE';
}
