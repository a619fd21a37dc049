import { setTimeout as delay } from 'node:timers/promises';

import type { Random } from '../../src/drivers/simulator/random.ts';
import type { ChaosBroker, ChaosSite } from './chaos-site.ts';
import type { Fault } from './fault-proxy.ts';

// The script of a chaos run: one broker of each installation at a time is disturbed, healed, and well again before the
// next one of that installation is disturbed. The seed decides who, how and how long.

/** What can be done to a broker. */
const disturbances = ['kill', 'stop', 'delay', 'truncate', 'garbage', 'error', 'half-open', 'reset'] as const;
type Disturbance = (typeof disturbances)[number];

/** What was done. */
export interface Disturbed {
  readonly broker: string;
  readonly disturbance: Disturbance;
  /** Since the run began. */
  readonly atMs: number;
  readonly forMs: number;
}

interface ScriptOptions {
  /** The sequence of chance of an installation. */
  readonly random: (installation: string) => Random;
  /** Ends the script: what is disturbed then is healed first. */
  readonly signal: AbortSignal;
}

/** Runs the script until the signal; gives what was done, in the order of its ends. */
export async function runScript(site: ChaosSite, { random, signal }: ScriptOptions): Promise<readonly Disturbed[]> {
  const startedAt = Date.now();
  const done: Disturbed[] = [];
  await Promise.all(
    site.installations.map(async (installation) => {
      const chance = random(installation);
      const brokers = site.brokers.filter((broker) => broker.installation === installation);
      for (const disturbance of endless(chance)) {
        const broker = chance.pick(brokers);
        const forMs = chance.between(500, 3_000);
        const milliseconds = chance.between(200, 5_000);
        if (signal.aborted) {
          return;
        }
        const atMs = Date.now() - startedAt;
        await disturb(broker, disturbance, milliseconds);
        await delay(forMs, undefined, { signal }).catch(() => undefined);
        heal(broker, disturbance);
        await broker.healthy();
        done.push({ broker: broker.id, disturbance, atMs, forMs });
      }
    }),
  );
  return done;
}

/** Every disturbance once in a random order, then again. */
function* endless(random: Random): Generator<Disturbance, never> {
  for (;;) {
    const left = [...disturbances];
    while (left.length > 0) {
      yield left.splice(random.between(0, left.length - 1), 1)[0]!;
    }
  }
}

async function disturb(broker: ChaosBroker, disturbance: Disturbance, milliseconds: number): Promise<void> {
  switch (disturbance) {
    case 'kill':
      await broker.kill();
      return;
    case 'stop':
      broker.signal('SIGSTOP');
      return;
    case 'delay':
      broker.proxy.setFault({ kind: 'delay', milliseconds });
      return;
    default:
      broker.proxy.setFault({ kind: disturbance } satisfies Fault);
  }
}

function heal(broker: ChaosBroker, disturbance: Disturbance): void {
  switch (disturbance) {
    case 'kill':
      broker.start();
      return;
    case 'stop':
      broker.signal('SIGCONT');
      return;
    default:
      broker.proxy.setFault({ kind: 'none' });
  }
}
