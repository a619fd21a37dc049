import type { DomainRef } from './wire-types.ts';

// What waits to be looked at: events and timers put it in at any time, and the watch takes all of it at once.

/** What there is to look at. */
export interface News {
  readonly domains: readonly DomainRef[];
  /** The statistics are due. */
  readonly stats: boolean;
  /** Everything is due, or a network or a storage pool changed. */
  readonly everything: boolean;
}

/** Collects what there is to look at; a domain is in it once, however many events name it. */
export interface WatchInbox {
  readonly noteDomain: (domain: DomainRef) => void;
  readonly noteStats: () => void;
  readonly noteEverything: () => void;
  /** Resolves when there is something, or when one of the signals aborts. */
  filled(signals: readonly AbortSignal[]): Promise<void>;
  /** Takes all and leaves it empty. */
  take(): News;
}

/** An empty inbox. */
export function createWatchInbox(): WatchInbox {
  const domains = new Map<string, DomainRef>();
  let stats = false;
  let everything = false;
  let wake = (): void => undefined;

  function isEmpty(): boolean {
    return domains.size === 0 && !stats && !everything;
  }

  return {
    noteDomain(domain) {
      // Deleting first keeps the order of the last events.
      domains.delete(domain.uuid);
      domains.set(domain.uuid, domain);
      wake();
    },
    noteStats() {
      stats = true;
      wake();
    },
    noteEverything() {
      everything = true;
      wake();
    },
    async filled(signals) {
      if (!isEmpty() || signals.some((signal) => signal.aborted)) {
        return;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const listener = (): void => resolve();
      signals.forEach((signal) => signal.addEventListener('abort', listener, { once: true }));
      await promise;
      signals.forEach((signal) => signal.removeEventListener('abort', listener));
    },
    take() {
      const news = { domains: [...domains.values()], stats, everything };
      domains.clear();
      stats = false;
      everything = false;
      return news;
    },
  };
}
