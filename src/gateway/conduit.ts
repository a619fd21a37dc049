import { type ConduitOptions, ConduitSocket } from './conduit-socket.ts';

// When there is a conduit to a broker. Nothing ever waits for one: it is opened beside requests that go their ordinary way, for a broker
// that is asked again and again, and as long as there is none, or it is doubted, requests have connections of their own.

/** The conduit to one broker. */
export interface Conduit {
  /** What a request to this address may be sent over now; null for none. To be asked before each request. */
  take(url: string): ConduitSocket | null;
  /** Takes nothing new, and closes as soon as nothing is under way. */
  leave(): void;
  /** Cuts it. */
  terminate(): void;
}

/** Who is asked again within this time is asked often, in milliseconds. */
const oftenMs = 10_000;
/** After a failure the next try waits for so long, in milliseconds; each time twice as long, up to the other one. */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/** One that is not open yet. */
export function createConduit(options: Omit<ConduitOptions, 'url'>): Conduit {
  const { clock } = options;
  let socket: ConduitSocket | null = null;
  /** Where that was opened. */
  let openedAt = '';
  /** With those that are being left. */
  const all = new Set<ConduitSocket>();
  let askedAt = -Infinity;
  let notBefore = -Infinity;
  let pauseMs = firstPauseMs;
  let isOver = false;
  const open = (url: string): void => {
    const opened = new ConduitSocket({ ...options, url }, (wasOpen) => {
      all.delete(opened);
      socket = socket === opened ? null : socket;
      notBefore = clock.now() + (wasOpen ? firstPauseMs : pauseMs);
      pauseMs = wasOpen ? firstPauseMs : Math.min(2 * pauseMs, longestPauseMs);
    });
    all.add(opened);
    socket = opened;
    openedAt = url;
  };
  return {
    take(url) {
      const now = clock.now();
      const isAskedOften = now - askedAt < oftenMs;
      askedAt = now;
      if (socket?.takesMore) {
        return url === openedAt ? socket : null;
      }
      if ((socket === null || socket.isOver) && isAskedOften && now >= notBefore && !isOver) {
        open(url);
      }
      return null;
    },
    leave() {
      isOver = true;
      socket?.leave();
    },
    terminate() {
      isOver = true;
      all.forEach((one) => one.terminate());
    },
  };
}
