import { randomUUID } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startBroker } from '../../src/commands/broker.ts';
import { followConfig } from '../../src/commands/follow-config.ts';
import { loadConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import type { Logger } from '../../src/telemetry/logger.ts';
import { eventually } from '../contract/eventually.ts';

// Brokers in this process that follow one site file, over real sockets: for tests that change who belongs to the site.

/** A broker and where it is reached. */
export interface Member {
  readonly installation: string;
  readonly broker: string;
  readonly url: string;
}

/** A folder with a site file and the brokers that follow it. */
export interface FollowedSite extends AsyncDisposable {
  readonly siteFile: string;
  /** Puts these brokers into the site file, in place of what it said; gives its text. */
  write(members: readonly Member[]): Promise<string>;
  /** Puts any text into the site file, as an editor does: a new file takes the name of the old one. */
  writeText(text: string): Promise<void>;
  /** The file with the configuration of a broker; the driver is a new simulator of its installation. */
  configure(member: Member, vms: number): Promise<string>;
  /** Starts a broker that follows the file, and waits until it is ready. */
  start(member: Member, vms: number, logger: Logger): Promise<void>;
}

/** An empty folder; nothing runs yet. */
export async function createFollowedSite(): Promise<FollowedSite> {
  const started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sitewide-site-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const siteFile = join(folder, 'site.yml');
  const simulators = new Map<string, Promise<string>>();
  const simulatorOf = (installation: string, vms: number): Promise<string> => {
    const start = async (): Promise<string> => {
      const simulator = await startSimulator({ installation, vms, port: 0 });
      started.defer(() => simulator.close());
      return simulator.url;
    };
    const url = simulators.get(installation) ?? start();
    simulators.set(installation, url);
    return url;
  };
  const writeText = async (text: string): Promise<void> => {
    await writeFile(`${siteFile}.new`, text);
    await rename(`${siteFile}.new`, siteFile);
  };
  const configure = async ({ installation, broker }: Member, vms: number): Promise<string> => {
    const file = join(folder, `${broker}.yml`);
    const driver = { kind: 'simulator', url: await simulatorOf(installation, vms) };
    const config = { siteFile: 'site.yml', installation, broker, driver, timeouts: { drainMs: 2_000 } };
    await writeFile(file, JSON.stringify(config));
    return file;
  };
  return {
    siteFile,
    writeText,
    configure,
    async write(members) {
      const text = siteText(members);
      await writeText(text);
      return text;
    },
    async start(member, vms, logger) {
      const config = await loadConfig(await configure(member, vms), {});
      const options = { clock: systemClock, random: Math.random, newId: randomUUID, logger };
      const broker = started.use(await startBroker(config, options));
      started.use(followConfig(config, { ...broker, ...options, env: {} }));
      await untilReady(member.url);
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Waits until a broker is ready; gives the reasons that it names all the same. */
export async function untilReady(url: string): Promise<readonly string[]> {
  return eventually(async () => {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    const { status, reasons } = (await response.json()) as { status: string; reasons: string[] };
    if (status !== 'ready') {
      throw new Error(`${url} is ${status}: ${reasons.join('; ')}`);
    }
    return reasons;
  }, 20_000);
}

/** The site file of these brokers. */
export function siteText(members: readonly Member[]): string {
  const ids = [...new Set(members.map(({ installation }) => installation))];
  const installations = ids.map((id) => ({
    id,
    brokers: members.filter(({ installation }) => installation === id).map(({ broker, url }) => ({ id: broker, url })),
  }));
  return JSON.stringify({ id: 'test', installations });
}
