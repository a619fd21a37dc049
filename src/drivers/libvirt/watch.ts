import type { Clock } from '../../core/clock.ts';
import type { Change } from '../../model/resource.ts';
import type { LibvirtClient } from './client.ts';
import { isRefusal } from './errors.ts';
import type { ErrorMaker } from './errors.ts';
import { domainEvents, fabricEvents } from './procedures.ts';
import type { UsageSampler } from './usage.ts';
import { createWatchInbox } from './watch-inbox.ts';
import type { News, WatchInbox } from './watch-inbox.ts';
import { createWatchView } from './watch-view.ts';
import type { WatchView } from './watch-view.ts';

// Follows a daemon by its events. An event only says that something happened to a domain; what it is now is read afresh,
// so that a burst of events costs one read and nothing depends on their order.

/** How long to wait for more after an event, in milliseconds: a start alone is three events within 10 ms. */
const burstMs = 20;

/** What a watch needs. */
export interface WatchOptions {
  readonly open: (inbox: WatchInbox, signal: AbortSignal) => Promise<LibvirtClient>;
  readonly clock: Clock;
  readonly errors: ErrorMaker;
  readonly usage: UsageSampler;
  readonly statsIntervalMs: number;
  readonly refreshIntervalMs: number;
}

/** The changes from now on, as `Driver.watch` promises them. Opens and closes a connection of its own. */
export async function* watchDaemon(options: WatchOptions, signal: AbortSignal): AsyncGenerator<readonly Change[]> {
  const { open, clock, errors, usage } = options;
  const over = new AbortController();
  const inbox = createWatchInbox();
  try {
    await using client = await open(inbox, signal);
    await register(client, signal);
    // Looking before the watch is in force means that whatever is different from this look will be told.
    const view = createWatchView({ client, errors, usage });
    await view.refresh(signal);
    startTimers(options, inbox, over.signal);
    yield [];
    for (;;) {
      await inbox.filled([signal, client.lost]);
      signal.throwIfAborted();
      client.lost.throwIfAborted();
      await clock.sleep(burstMs, signal);
      const changes = await look(view, inbox.take(), signal);
      if (changes.length > 0) {
        yield changes;
      }
    }
  } catch (thrown) {
    if (!signal.aborted) {
      throw thrown;
    }
  } finally {
    over.abort();
  }
}

/** A daemon must have the lifecycle events; the others are as old as they are, and the timers make up for them. */
async function register(client: LibvirtClient, signal: AbortSignal): Promise<void> {
  const { lifecycle, ...others } = domainEvents;
  await client.watchDomains(lifecycle, signal);
  const wanted = [
    ...Object.values(others).map((event) => client.watchDomains(event, signal)),
    client.watchNetworks(fabricEvents.networkLifecycle, signal),
    client.watchStoragePools(fabricEvents.poolLifecycle, signal),
    client.watchStoragePools(fabricEvents.poolRefresh, signal),
  ];
  const outcomes = await Promise.allSettled(wanted);
  const fault = outcomes.find((outcome) => outcome.status === 'rejected' && !isRefusal(outcome.reason));
  if (fault?.status === 'rejected') {
    throw fault.reason;
  }
}

async function look(view: WatchView, news: News, signal: AbortSignal): Promise<Change[]> {
  if (news.everything) {
    // Machines that events named are told even if the refresh saw them before and after the same.
    return [...(await view.refresh(signal)), ...(await view.reread(news.domains, signal))];
  }
  const changes = await view.reread(news.domains, signal);
  return news.stats ? [...changes, ...(await view.refreshStats(signal))] : changes;
}

function startTimers(
  { clock, statsIntervalMs, refreshIntervalMs }: WatchOptions,
  inbox: WatchInbox,
  over: AbortSignal,
): void {
  const repeat = async (intervalMs: number, note: () => void): Promise<void> => {
    for (;;) {
      await clock.sleep(intervalMs, over);
      note();
    }
  };
  for (const timer of [repeat(statsIntervalMs, inbox.noteStats), repeat(refreshIntervalMs, inbox.noteEverything)]) {
    timer.catch((thrown: unknown) => {
      // The sleep ends by throwing when the watch is over, which is no news to anybody.
      if (!over.aborted) {
        throw thrown;
      }
    });
  }
}
