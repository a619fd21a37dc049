import { EventEmitter, once } from 'node:events';

import type { Clock } from '../../core/clock.ts';
import type { FaultSpec } from './protocol.ts';
import type { Random } from './random.ts';

// What is made to go wrong between the manager and its drivers. The world and the requests that change it are never
// touched, so that a test can always look at the truth and take a fault away again.

/** Everything that can go wrong; what each means is in protocol.ts. */
export type Faults = { readonly [Name in keyof FaultSpec]-?: NonNullable<FaultSpec[Name]> };

/** The faults in force. */
export interface FaultInjector {
  readonly current: Faults;
  /** Emits `change` whenever the faults change. */
  readonly events: EventEmitter<{ change: [] }>;
  /** Replaces all faults; those left out are as at the start. */
  set(faults: FaultSpec): void;
  /** Resolves when nothing hangs, at once as a rule. */
  released(signal: AbortSignal): Promise<void>;
  /**
   * Waits as the faults demand before an answer to a driver.
   * @returns True if the answer shall be an error.
   */
  shouldFail(signal: AbortSignal): Promise<boolean>;
}

interface FaultInjectorOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The latency that is there from the start and comes back when faults are taken away. */
  readonly latencyMs: number;
}

/** An injector without faults, except for the latency given. */
export function createFaultInjector({ clock, random, latencyMs }: FaultInjectorOptions): FaultInjector {
  const atStart: Faults = { latencyMs, errorRate: 0, hang: false, cutEvents: false, garbage: false };
  const events = new EventEmitter<{ change: [] }>();
  // Every open event stream listens; there is no number of them that would be a leak.
  events.setMaxListeners(0);
  let current = atStart;
  async function released(signal: AbortSignal): Promise<void> {
    while (current.hang) {
      await once(events, 'change', { signal });
    }
  }
  return {
    get current() {
      return current;
    },
    events,
    set({ latencyMs: delay, errorRate, hang, cutEvents, garbage }) {
      current = {
        latencyMs: delay ?? atStart.latencyMs,
        errorRate: errorRate ?? atStart.errorRate,
        hang: hang ?? atStart.hang,
        cutEvents: cutEvents ?? atStart.cutEvents,
        garbage: garbage ?? atStart.garbage,
      };
      events.emit('change');
    },
    released,
    async shouldFail(signal) {
      await released(signal);
      if (current.latencyMs > 0) {
        await clock.sleep(current.latencyMs, signal);
      }
      return random.chance(current.errorRate);
    },
  };
}
