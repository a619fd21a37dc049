import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import type { SourceEvent } from './stream-event.ts';

// What came from all sources of a stream and was not taken by its reader yet. It is bounded: who fills it waits, or ends its
// subscription and goes on later.

/** So many events may wait for one reader; a subscription that was ended goes on when this few are left. */
const most = 256;
const fewEnough = 32;

/** The events that wait for a reader. */
export interface StreamQueue {
  readonly isFull: boolean;
  readonly isEmpty: boolean;
  push(event: SourceEvent): void;
  /** Resolves at once unless the queue has been full, and then when it is nearly empty. */
  room(signal: AbortSignal): Promise<void>;
  /** The next event, or `due` after so many milliseconds, or null when there are no more. Throws what `fail` was given. */
  take(withinMs: number | null, signal: AbortSignal): Promise<SourceEvent | 'due' | null>;
  /** Nothing more comes after what waits. */
  close(): void;
  /** Something is wrong, which ends the stream once what waits was taken. */
  fail(error: Error): void;
}

/** An empty queue. */
export function createStreamQueue(clock: Clock): StreamQueue {
  const events: SourceEvent[] = [];
  let end: { readonly error: Error | null } | null = null;
  let wake: (() => void) | null = null;
  let room: PromiseWithResolvers<void> | null = null;
  const finish = (error: Error | null): void => {
    end ??= { error };
    wake?.();
  };
  const takeNow = (): SourceEvent | undefined => {
    const event = events.shift();
    if (room !== null && events.length <= fewEnough) {
      room.resolve();
      room = null;
    }
    return event;
  };
  return {
    get isFull() {
      return room !== null;
    },
    get isEmpty() {
      return events.length === 0;
    },
    push(event) {
      const last = events.at(-1);
      // Of a source that has nothing to tell only how far it is counts.
      if (event.type === 'BOOKMARK' && last?.type === 'BOOKMARK' && last.source === event.source) {
        events.pop();
      }
      events.push(event);
      if (events.length >= most) {
        room ??= Promise.withResolvers();
      }
      wake?.();
    },
    room: (signal) => (room === null ? Promise.resolve() : abortable(room.promise, signal)),
    async take(withinMs, signal) {
      if (events.length === 0 && end === null) {
        const woken = Promise.withResolvers<void>();
        wake = () => woken.resolve();
        const isDue = await wakenOrDue(woken.promise, { clock, withinMs, signal });
        wake = null;
        if (isDue && events.length === 0) {
          return 'due';
        }
      }
      const event = takeNow();
      if (event === undefined && end?.error) {
        throw end.error;
      }
      return event ?? null;
    },
    close: () => finish(null),
    fail: finish,
  };
}

interface Waiting {
  readonly clock: Clock;
  readonly withinMs: number | null;
  readonly signal: AbortSignal;
}

/** True if the time was over first. */
async function wakenOrDue(woken: Promise<void>, { clock, withinMs, signal }: Waiting): Promise<boolean> {
  if (withinMs === null) {
    await abortable(woken, signal);
    return false;
  }
  const timer = new AbortController();
  const due = clock.sleep(withinMs, timer.signal).then(
    () => true,
    () => false,
  );
  try {
    return await abortable(Promise.race([woken.then(() => false), due]), signal);
  } finally {
    timer.abort(new Error('Nobody waits any more.'));
  }
}
