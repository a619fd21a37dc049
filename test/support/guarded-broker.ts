import { randomUUID } from 'node:crypto';

import { expect } from '@jest/globals';

import { startBroker } from '../../src/commands/broker.ts';
import { parseConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { eventually } from '../contract/eventually.ts';
import { createRecordingLogger, type LogLine } from './recording-logger.ts';

// One broker that is alone and has users, all of whom may do everything.

/** A broker that runs. Disposing ends it. */
export interface GuardedBroker extends AsyncDisposable {
  readonly url: string;
  /** What it has logged so far, at every level. */
  readonly log: readonly LogLine[];
}

/** Starts one. @param auth The section `auth` of its configuration. */
export async function startGuardedBroker(auth: object): Promise<GuardedBroker> {
  await using started = new AsyncDisposableStack();
  const simulator = await startSimulator({ installation: 'lyon-a', vms: 3, port: 0 });
  started.defer(() => simulator.close());
  const text = JSON.stringify({
    site: { id: 'lyon', installations: [{ id: 'lyon-a', brokers: [{ id: 'lyon-a-1', url: 'http://127.0.0.1:1' }] }] },
    installation: 'lyon-a',
    broker: 'lyon-a-1',
    listen: { port: 0 },
    driver: { kind: 'simulator', url: simulator.url },
    timeouts: { drainMs: 100 },
    auth,
    roles: {
      bindings: [
        { role: 'admin', subjects: ['*'] },
        { role: 'viewer', subjects: ['anonymous'] },
      ],
    },
  });
  const logger = createRecordingLogger();
  const options = { clock: systemClock, random: Math.random, newId: randomUUID, logger };
  const { address } = started.use(await startBroker(parseConfig(text, { file: 'guarded.yml' }), options));
  await eventually(async () => expect((await fetch(`${address.url}/health/ready`)).status).toBe(200));
  const everything = started.move();
  return { url: address.url, log: logger.lines, [Symbol.asyncDispose]: () => everything.disposeAsync() };
}
