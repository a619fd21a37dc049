import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { createDeadline } from '../core/deadline.ts';
import { SitewideError } from '../core/errors.ts';
import type { Place } from '../core/revision-vector.ts';
import type { Append } from '../store/feed.ts';
import type { AppendRing } from './append-ring.ts';
import type { LogBatch } from './feed-log.ts';
import type { OldAppends } from './old-appends.ts';
import { createWaiter, type Waiter } from './waiter.ts';

// One reader's way along the log: from memory as long as it keeps up, from the database when it lags, and over a gap when
// what it wants is nowhere any more.

/** The log as a reader meets it. */
interface LogSource {
  readonly clock: Clock;
  readonly ring: AppendRing;
  readonly old: OldAppends;
  /** Woken with each append. */
  readonly followers: Set<Waiter>;
  /** Up to where it is known; null before that, and while another life of the feed is read. */
  place(): Place | null;
  /** Whether everything up to there is known. */
  has(place: Place): boolean;
  /** Waits for that; false once the database has said that its feed does not go up to there. */
  find(place: Place, signal: AbortSignal): Promise<boolean>;
  /** Waits until it knows where it is. */
  present(signal: AbortSignal): Promise<Place>;
}

/** How long a reader waits for a database that is away, and how often it asks, in milliseconds. */
const patienceMs = 30_000;
const retryMs = 250;

/**
 * Reads on from a place until the signal aborts.
 * @param after Null: from where the log is as soon as it knows that.
 * @throws SitewideError `STORE_UNAVAILABLE` when what is no longer in memory cannot be read for 30 s.
 */
export async function* followLog(
  source: LogSource,
  after: Place | null,
  signal: AbortSignal,
): AsyncGenerator<LogBatch, void, undefined> {
  using waiter = createWaiter(signal);
  using lag = createLag(source.old);
  source.followers.add(waiter);
  try {
    for (let at = after ?? (await source.present(signal)); ;) {
      while (isAtEnd(source, at) && !signal.aborted) {
        lag.is(false);
        await waiter.wait();
      }
      signal.throwIfAborted();
      const recent = source.has(at) ? source.ring.after(at.revision) : null;
      lag.is(recent === null);
      const batch = recent === null ? await catchUp(source, at, signal) : appendsAfter(at, recent);
      if (batch === null) continue;
      yield batch;
      at = batch.kind === 'gap' ? batch.place : { ...at, revision: batch.appends.at(-1)!.revision, part: 0 };
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    source.followers.delete(waiter);
  }
}

/** The usual case, in which nothing has to be found out. */
function isAtEnd(source: LogSource, { feed, revision, part }: Place): boolean {
  const now = source.place();
  return now?.feed === feed && now.revision === revision && part === 0;
}

function appendsAfter({ feed, part }: Place, appends: readonly Append[]): LogBatch {
  return { kind: 'appends', feed, appends, skip: part };
}

/** What comes next for one who lags, or who was ahead; null if that is the end of the log. */
async function catchUp(source: LogSource, at: Place, signal: AbortSignal): Promise<LogBatch | null> {
  using deadline = createDeadline({ clock: source.clock, timeoutMs: patienceMs, parent: signal });
  try {
    const isThere = await source.find(at, deadline.signal);
    if (isAtEnd(source, at)) return null;
    const appends = isThere ? await readOn(source, at, deadline.signal) : [];
    return appends[0]?.revision === at.revision + 1
      ? appendsAfter(at, appends)
      : { kind: 'gap', place: await source.present(deadline.signal) };
  } catch (thrown) {
    if (!deadline.signal.aborted || signal.aborted) throw thrown;
    const problem = `what happened before could not be read for ${patienceMs / 1_000} s`;
    throw new SitewideError('STORE_UNAVAILABLE', { problem }, { cause: thrown });
  }
}

async function readOn(source: LogSource, at: Place, signal: AbortSignal): Promise<readonly Append[]> {
  for (;;) {
    const recent = source.has(at) ? source.ring.after(at.revision) : null;
    if (recent !== null) return recent;
    try {
      const appends = await abortable(source.old.after(at), signal);
      // What this broker has not seen yet it could not show either; it reads on when it has.
      const now = source.place();
      return appends.filter(({ revision }) => now?.feed === at.feed && revision <= now.revision);
    } catch (thrown) {
      if (!(thrown instanceof SitewideError) || thrown.code !== 'STORE_UNAVAILABLE') throw thrown;
      await source.clock.sleep(retryMs, signal);
    }
  }
}

/** Whether a reader needs old appends, which are then kept at hand. */
function createLag(old: OldAppends): Disposable & { is(lags: boolean): void } {
  let joined: Disposable | null = null;
  const is = (lags: boolean): void => {
    if (lags) {
      joined ??= old.join();
    } else {
      joined?.[Symbol.dispose]();
      joined = null;
    }
  };
  return { is, [Symbol.dispose]: () => is(false) };
}
