import { availableParallelism } from 'node:os';

import type { Clock } from '../core/clock.ts';
import { createDeadline } from '../core/deadline.ts';
import { startDemoDatabase, type DemoDatabase } from './demo-database.ts';
import type { DemoPlan } from './demo-plan.ts';
import { processName, type DemoProcess, type DemoProcesses } from './demo-processes.ts';
import { brokerReady, simulatorReady } from './demo-ready.ts';

// Starting all processes of a demo, and saying which of them ends.

/**
 * How long a start may take, in milliseconds: each broker is about two seconds of computing, so that it is ready in less than
 * that on two cores; a loaded machine may take longer, but beyond this something else is wrong.
 */
const startTimeout = { everything: 25_000, broker: 5_000 };

/**
 * How many brokers are started at a time. All at once would be no sooner ready, and each so slow that it takes its own
 * database for lost.
 */
const atOnce = Math.max(4, 2 * availableParallelism());

interface StartOptions {
  readonly databases: AsyncDisposableStack;
  readonly processes: DemoProcesses;
  /** The folder of the databases. */
  readonly data: string;
  readonly clock: Clock;
  /** Told what goes on, a line each time. */
  readonly progress: (line: string) => void;
}

/**
 * Starts everything and waits until it serves.
 * @throws SitewideError `PROCESS_FAILED`, as `startOwnServer`, or the signal's reason.
 */
export async function startDemoProcesses(
  plan: DemoPlan,
  { processes, databases, data, clock, progress }: StartOptions,
  parent: AbortSignal,
): Promise<DemoDatabase> {
  const timeoutMs = startTimeout.everything + plan.brokers.length * startTimeout.broker;
  using deadline = createDeadline({ clock, timeoutMs, parent });
  const { signal } = deadline;
  progress(`starting ${plan.simulators.length} simulators and ${plan.brokers.length} brokers …`);
  // The list of processes has the brokers first, but they start faster when their hypervisor managers are there.
  const simulators = plan.simulators.map((simulator) => processes.start(simulator));
  const [database] = await Promise.all([
    startDemoDatabase({ plan, data, clock, onTrouble: progress }, signal),
    ...simulators.map((simulator) => simulatorReady(simulator, { clock, signal })),
  ]);
  databases.use(database.server);
  const waiting = [...plan.brokers];
  const startInTurn = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const broker = processes.start(next, { DATABASE_URL: database.server.urlOf(next.installation) });
      const problem = await brokerReady(broker, { clock, signal });
      if (problem !== '') {
        progress(`${processName(next)} serves, but: ${problem}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, startInTurn));
  for (const started of processes.started) {
    void reportEnd(started, { clock, progress }, parent);
  }
  return database;
}

/** Says that a process ended, unless all of them are being ended: Ctrl-C reaches them as well as us. */
async function reportEnd(
  started: DemoProcess,
  { clock, progress }: Pick<StartOptions, 'clock' | 'progress'>,
  signal: AbortSignal,
): Promise<void> {
  const how = await started.end;
  await clock.sleep(200, signal).catch(() => undefined);
  if (!signal.aborted) {
    progress(`${processName(started.plan)} (pid ${started.pid}) ended: ${how}. It is not started again.`);
  }
}
