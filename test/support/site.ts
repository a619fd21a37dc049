import { randomUUID } from 'node:crypto';

import { type BaseVersion, type Broker, startBroker } from '../../src/commands/broker.ts';
import { parseConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { eventually } from '../contract/eventually.ts';
import { findFreePorts } from './free-ports.ts';
import { query } from './graphql.ts';
import { createRecordingLogger, type LogLine } from './recording-logger.ts';
import { expect } from '@jest/globals';

// A whole site in this process, over real sockets: quicker to start than the demo, for tests that kill nothing.

/** A running site. */
export interface TestSite extends AsyncDisposable {
  /** The first address of each broker, in the order of the installations. */
  readonly brokers: readonly string[];
  /** The address of each installation's simulator. */
  readonly simulators: readonly string[];
  /** What each broker has logged so far, at every level, in the order of `brokers`. */
  readonly logs: readonly (readonly LogLine[])[];
}

async function expectComplete(url: string, installations: readonly string[]): Promise<void> {
  const sources = installations.map((installation) => `"installation:${installation}"`).join();
  const { data } = await query<{ readonly virtualMachines: unknown }>(
    `${url}/graphql`,
    `query @coverage(sources: [${sources}]) { virtualMachines(first: 1) { coverage { complete } } }`,
  );
  expect(data).toEqual({ virtualMachines: { coverage: { complete: true } } });
}

interface SiteOptions {
  readonly installations: readonly string[];
  readonly vms: number;
  /** Installations whose simulator somebody else starts, or nobody, with its address. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /** The operator's further subgraphs, at the first broker. */
  readonly subgraphs?: readonly { readonly name: string; readonly url: string }[];
  /** Installations whose broker speaks another version of the base schema. */
  readonly versions?: Readonly<Record<string, BaseVersion>>;
}

/** Starts a site of one broker an installation, and waits until all of it is known. */
export async function startSite({
  installations,
  vms,
  subgraphs = [],
  elsewhere = {},
  versions = {},
}: SiteOptions): Promise<TestSite> {
  await using started = new AsyncDisposableStack();
  const port = await findFreePorts(installations.length);
  const brokerUrl = (at: number): string => `http://127.0.0.1:${port + at}`;
  const site = {
    id: 'test',
    installations: installations.map((id, at) => ({ id, brokers: [{ id: `${id}-1`, url: brokerUrl(at) }] })),
  };
  const simulators: string[] = [];
  const logs: (readonly LogLine[])[] = [];
  const brokers: Broker[] = [];
  for (const [at, installation] of installations.entries()) {
    const simulator = elsewhere[installation] ? null : await startSimulator({ installation, vms, port: 0 });
    started.defer(() => simulator?.close());
    const url = simulator?.url ?? elsewhere[installation]!;
    simulators.push(url);
    const text = JSON.stringify({
      site,
      installation,
      broker: `${installation}-1`,
      driver: { kind: 'simulator', url },
      timeouts: { drainMs: 100 },
      subgraphs: at === 0 ? subgraphs.map((subgraph) => ({ ...subgraph, pollIntervalMs: 1_000 })) : [],
    });
    const config = parseConfig(text, { file: 'test.yml' });
    const logger = createRecordingLogger();
    logs.push(logger.lines);
    const version = versions[installation];
    const options = { clock: systemClock, random: Math.random, newId: randomUUID, logger, ...(version && { version }) };
    brokers.push(started.use(await startBroker(config, options)));
  }
  await Promise.all(
    brokers.map(({ address }, at) =>
      eventually(async () => {
        const response = await fetch(`${address.url}/health/ready`);
        const reasons = elsewhere[installations[at]!] ? [expect.any(String)] : [];
        expect(await response.json()).toEqual({ status: 'ready', reasons });
      }),
    ),
  );
  // A broker that looked for another one before that was there leaves it alone for a moment.
  const reachable = installations.filter((installation) => !elsewhere[installation]);
  const looking = reachable.length === 0 ? [] : brokers;
  await Promise.all(looking.map(({ address }) => eventually(() => expectComplete(address.url, reachable))));
  const everything = started.move();
  return {
    brokers: brokers.map(({ address }) => address.url),
    simulators,
    logs,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
