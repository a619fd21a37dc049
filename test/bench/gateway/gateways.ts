import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { request } from 'undici';

import { eventually } from '../../contract/eventually.ts';
import { findFreePorts } from '../../support/free-ports.ts';
import type { Hive } from './hive.ts';
import { plainSdl, type Sources } from './sources.ts';

// The gateways that are measured, each a process of its own on a processor of its own.

/** A gateway that runs. Disposing kills it. */
export interface Gateway extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  /** Where it is asked. */
  readonly url: string;
  /** True if it understands our schema, false if it is asked for `rowsN`. */
  readonly isOurs: boolean;
}

/** The processor for gateways; everything else is on the other ones. */
export const gatewayProcessor = 0;

const program = fileURLToPath(new URL('../../../bin/sitewide.js', import.meta.url));
const script = (name: string): string => fileURLToPath(new URL(`contenders/${name}.ts`, import.meta.url));

/** The names of all gateways, in the order of the table. */
export const gatewayNames = ['floor', 'limit', 'sitewide', 'sitewide planned', 'apollo', 'hive', 'hive jit'] as const;

/** One of them. */
export type GatewayName = (typeof gatewayNames)[number];

/** What a gateway is started in. */
export interface Surroundings {
  readonly sources: Sources;
  readonly hive: Hive | null;
  /** The folder for profiles of what it spends its time with; null for none. */
  readonly profiles: string | null;
}

/** Starts one. */
export async function startGateway(name: GatewayName, { sources, hive, profiles }: Surroundings): Promise<Gateway> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sitewide-bench-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const isOurs = name.startsWith('sitewide');
  const port = name === 'sitewide' ? sources.ownPort : await findFreePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const { path, args } = await commandOf(name, { folder, port, sources, hive });
  const profiling =
    profiles === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}.cpuprofile`];
  const child = spawn('taskset', ['--cpu-list', String(gatewayProcessor), process.execPath, ...profiling, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const exited = once(child, 'exit');
  started.defer(async () => {
    // What it has started itself, such as a database, ends with it; whoever does not listen is ended.
    child.kill('SIGTERM');
    const killing = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await exited;
    clearTimeout(killing);
  });
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${complaints}`);
    const { statusCode, body } = await request(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: name === 'limit' || name === 'floor' ? '{ rows1(first: 1) }' : '{ __typename }' }),
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`${name} answers ${statusCode}.`);
  }, 60_000);
  const everything = started.move();
  return {
    name,
    pid: child.pid!,
    url: `${url}${path}`,
    isOurs,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

interface Place {
  readonly folder: string;
  readonly port: number;
  readonly sources: Sources;
  readonly hive: Hive | null;
}

interface Start {
  /** Where it is asked. */
  readonly path: string;
  /** For Node. */
  readonly args: readonly string[];
}

async function commandOf(name: GatewayName, { folder, port, sources, hive }: Place): Promise<Start> {
  switch (name) {
    case 'floor':
    case 'limit':
      return { path: '/', args: [script('limit'), String(port), name, ...sources.plainUrls] };
    case 'sitewide':
    case 'sitewide planned': {
      const file = join(folder, 'broker.yml');
      const driver = { kind: 'simulator', url: sources.ownSimulator };
      const limits = { principal: { requestsPerSecond: 1_000_000, burst: 1_000_000 } };
      const { site, foreignUrl } = sources;
      const subgraphs = name === 'sitewide' ? [] : [{ name: 'foreign', url: foreignUrl }];
      const config = {
        site,
        installation: 'own',
        broker: 'own-1',
        listen: { port },
        driver,
        limits,
        subgraphs,
        log: { level: 'warn' },
      };
      await writeFile(file, JSON.stringify(config));
      return { path: '/graphql', args: [program, 'serve', '--config', file] };
    }
    case 'apollo':
      return { path: '/', args: [script('apollo'), String(port), await writeSupergraph(folder, sources)] };
    case 'hive':
    case 'hive jit': {
      const supergraph = await writeSupergraph(folder, sources);
      const options = [
        '--port',
        String(port),
        '--host',
        '127.0.0.1',
        '--fork',
        '1',
        ...(name === 'hive jit' ? ['--jit'] : []),
      ];
      return { path: '/graphql', args: [hive!.program, 'supergraph', supergraph, ...options] };
    }
  }
}

async function writeSupergraph(folder: string, { plainUrls }: Sources): Promise<string> {
  const { supergraphSdl, errors } = composeServices(
    plainUrls.map((url, at) => ({ name: `plain${at + 1}`, url, typeDefs: parse(plainSdl(at + 1)) })),
  );
  if (!supergraphSdl) {
    throw new Error(errors?.map(({ message }) => message).join('\n'));
  }
  const file = join(folder, 'supergraph.graphql');
  await writeFile(file, supergraphSdl);
  return file;
}
