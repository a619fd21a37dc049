import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { Agent, request } from 'undici';

import { startBroker } from '../../src/commands/broker.ts';
import { parseConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { silentLogger } from '../../src/telemetry/logger.ts';
import { eventually } from '../contract/eventually.ts';
import { type BrokerProcess, spawnBroker } from '../support/broker-process.ts';
import { createTestAuthority } from '../support/certificates.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { startTokenIssuer } from '../support/token-issuer.ts';

// What certificates, tokens and roles cost a gateway: CPU of its process for each request to a site of eight installations with
// ten rows from each, with mutual TLS between brokers, HTTPS and tokens of users, and without any of that, by turns in one run.
// The seven other brokers, the issuer and the clients are this process. Asked for: at most 1.3 times as much.
// Run on a quiet machine, on Linux: npm run bench:trust

const installations = Array.from({ length: 8 }, (_, at) => `a${at + 1}`);
const [own = ''] = installations;
const vms = 100;
const rounds = 12;
const requestsPerRound = 300;
const concurrent = 4;
const query = `{
  virtualMachines(first: 10) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id name powerState cpuCount memoryMiB guestOs host { name } installation { localId } ipAddresses labels { key value } }
  }
}`;

await using started = new AsyncDisposableStack();
const authority = started.use(await createTestAuthority());
const issuer = started.use(await startTokenIssuer());
const dispatcher = new Agent({ connect: { ca: authority.certificate }, connections: concurrent });
started.defer(() => dispatcher.destroy());
const simulators = new Map<string, string>();
for (const installation of installations) {
  const simulator = await startSimulator({ installation, vms, port: 0, usageIntervalMs: 0 });
  started.defer(() => simulator.close());
  simulators.set(installation, simulator.url);
}

interface Site {
  readonly name: string;
  readonly gateway: BrokerProcess;
  readonly headers: Readonly<Record<string, string>>;
}

const authorization = `Bearer ${await issuer.sign()}`;
const sites = [
  await startSite('without', null, {}),
  await startSite('with TLS and a user who sees everything', { labels: null }, { authorization }),
  await startSite(
    'with TLS and a user who sees some rows',
    { labels: 'env in (prod,dev,test,staging)' },
    { authorization },
  ),
];
const taken = sites.map((): number[] => []);
for (let round = -2; round < rounds; round += 1) {
  for (const [at, site] of sites.entries()) {
    const milliseconds = await measure(site);
    if (round >= 0) {
      taken[at]!.push(milliseconds);
    }
  }
}
const medians = taken.map(median);
process.stdout.write(
  `gateway CPU for each request, ${installations.length} installations x 10 rows x 10 fields, ${concurrent} at a time, medians of ${rounds} rounds\n`,
);
for (const [at, { name }] of sites.entries()) {
  const ratios = taken[at]!.map((milliseconds, round) => milliseconds / taken[0]![round]!);
  process.stdout.write(
    `  ${name.padEnd(42)} ${medians[at]!.toFixed(2).padStart(6)} ms   ratio ${median(ratios).toFixed(3)}\n`,
  );
}

/** Starts a site. @param binding What the user is allowed for; null: everybody may do everything, and nothing is encrypted. */
async function startSite(
  name: string,
  binding: { readonly labels: string | null } | null,
  headers: Readonly<Record<string, string>>,
): Promise<Site> {
  const port = await findFreePorts(installations.length + 1);
  const scheme = binding ? 'https' : 'http';
  const site = {
    id: 'bench',
    installations: installations.map((id, at) => ({
      id,
      brokers: [{ id: `${id}-1`, url: `${scheme}://127.0.0.1:${port + at}` }],
    })),
  };
  const configOf = async (installation: string, at: number): Promise<Record<string, unknown>> => {
    const certificate = await authority.issue({ site: 'bench', installation, broker: `${installation}-1` });
    const { certificateFile, keyFile } = certificate;
    const tls = { certificate: certificateFile, key: keyFile, authorities: [authority.certificateFile] };
    const auth = { anonymous: 'none', issuers: [{ issuer: issuer.url, audience: 'sitewide' }] };
    const roles = { bindings: [{ role: 'viewer', subjects: ['alice'], ...(binding?.labels && binding) }] };
    return {
      site,
      installation,
      broker: `${installation}-1`,
      driver: { kind: 'simulator', url: simulators.get(installation) },
      log: { level: 'error' },
      ...(binding
        ? { listen: { port: port + installations.length + at }, tls, auth, roles }
        : { listen: { port: port + at } }),
    };
  };
  for (const [at, installation] of installations.entries()) {
    if (installation !== own) {
      const config = { ...(await configOf(installation, at)), ...(binding && { listen: { port: 0 } }) };
      const options = { clock: systemClock, random: Math.random, newId: randomUUID, logger: silentLogger };
      started.use(await startBroker(parseConfig(JSON.stringify(config), { file: 'bench.yml' }), options));
    }
  }
  const url = `${scheme}://127.0.0.1:${binding ? port + installations.length : port}`;
  const gateway = started.use(await spawnBroker(url, await configOf(own, 0), { dispatcher }));
  const found: Site = { name, gateway, headers };
  await eventually(() => ask(found), 30_000);
  return found;
}

async function ask({ gateway, headers }: Site): Promise<void> {
  const { body } = await request(`${gateway.url}/graphql`, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  const text = await body.text();
  if (!text.includes(`"complete":true`) || text.includes('"errors"')) {
    throw new Error(text);
  }
}

/** CPU milliseconds of the gateway for each request. */
async function measure(site: Site): Promise<number> {
  const before = await cpuMs(site.gateway.pid);
  let left = requestsPerRound;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await ask(site);
    }
  };
  await Promise.all(Array.from({ length: concurrent }, client));
  return ((await cpuMs(site.gateway.pid)) - before) / requestsPerRound;
}

/** What a process has used of processors, in milliseconds: fields 14 and 15 of proc_pid_stat(5), in hundredths of a second. */
async function cpuMs(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'latin1')).replace(/^.*\) /, '').split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
