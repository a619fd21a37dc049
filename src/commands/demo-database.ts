import { basename, dirname, resolve } from 'node:path';

import type { Clock } from '../core/clock.ts';
import { startOwnServer, type OwnServer } from '../store/own-server.ts';
import type { DemoPlan } from './demo-plan.ts';

// The PostgreSQL server of a demo, owned by the demo itself: one server, a database for each installation.

/** The server of a demo. */
export interface DemoDatabase {
  readonly server: OwnServer;
  /** The folder of its data, as the user knows it. */
  readonly data: string;
}

interface DemoDatabaseOptions {
  readonly plan: DemoPlan;
  /** The folder; the binaries are beside it, where other demos find them as well. */
  readonly data: string;
  readonly clock: Clock;
  readonly onTrouble: (what: string) => void;
}

/** A broker holds eight connections at most; the rest is for people who look. */
const connectionsPerBroker = 10;
const connectionsForPeople = 20;

/** Starts it. Throws as `startOwnServer`. */
export async function startDemoDatabase(
  { plan, data, ...options }: DemoDatabaseOptions,
  signal: AbortSignal,
): Promise<DemoDatabase> {
  const server = await startOwnServer(
    {
      ...options,
      folder: dirname(resolve(data)),
      data: basename(data),
      connections: plan.brokers.length * connectionsPerBroker + connectionsForPeople,
      installations: [...new Set(plan.brokers.map(({ installation }) => installation))],
    },
    signal,
  );
  return { server, data };
}
