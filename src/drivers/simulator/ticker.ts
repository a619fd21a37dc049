import type { Clock } from '../../core/clock.ts';

// Something done again and again at a fixed distance, until a signal ends it.

interface TickerOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/**
 * Calls `tick` after every interval. Resolves when the signal aborts.
 * @throws What `tick` throws.
 */
export async function tickEvery(tick: () => void, { clock, intervalMs, signal }: TickerOptions): Promise<void> {
  for (;;) {
    await clock.sleep(intervalMs, signal).catch((thrown: unknown) => {
      if (!signal.aborted) {
        throw thrown;
      }
    });
    if (signal.aborted) {
      return;
    }
    tick();
  }
}
