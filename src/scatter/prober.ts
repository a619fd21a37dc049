import type { Clock } from '../core/clock.ts';
import type { Endpoint } from './endpoint.ts';
import { type Probe, probeOne } from './probe.ts';
import type { Target } from './target.ts';

// Looks after endpoints that no traffic goes to: those that are idle, so that a dead one is known before somebody needs it
// and a connection stays warm, and those that are down, so that no caller has to try whether they are back. For endpoints
// that are near: it looks after each of them.

interface ProberOptions {
  /** The targets at this moment. */
  readonly targets: () => readonly Target[];
  readonly probe: Probe;
  readonly clock: Clock;
}

/** How often the endpoints are looked at, in milliseconds. */
const lookEveryMs = 250;
/** An endpoint that was asked nothing for so long is probed; well below the time for which a connection stays warm. */
const idleMs = 5_000;
/** How long a probe may take, in milliseconds: it is answered from memory. */
const probeTimeoutMs = 1_000;

/** Starts probing; disposing ends it. */
export function createProber({ targets, probe, clock }: ProberOptions): AsyncDisposable {
  const stop = new AbortController();
  const { signal } = stop;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const due = targets().flatMap((target) =>
        target.endpoints
          .filter((endpoint) => needsProbe(endpoint, clock.now()))
          .map((endpoint) => ({ endpoint, target })),
      );
      await Promise.all(due.map((one) => probeOne({ ...one, probe, clock, signal, timeoutMs: probeTimeoutMs })));
      await clock.sleep(lookEveryMs, signal).catch(() => undefined);
    }
  };
  const running = run();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('Probing was ended.'));
      await running;
    },
  };
}

/** One that failed lately is probed as soon as its breaker lets it; the others when nobody has asked them for a while. */
function needsProbe({ admits, inFlight, askedAt, lastError }: Endpoint, now: number): boolean {
  const quietMs = now - (askedAt ?? -Infinity);
  return admits && inFlight === 0 && (quietMs >= idleMs || (lastError !== null && quietMs >= lookEveryMs));
}
