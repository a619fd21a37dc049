import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { makeApiToken } from '../../src/auth/api-token.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { eventually } from '../contract/eventually.ts';
import { type BrokerProcess, spawnBroker } from '../support/broker-process.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { openRaw } from '../support/raw-socket.ts';

// Secrets are planted wherever a broker is given any: its configuration, headers, the payload of a socket. Then everything goes
// wrong. Nothing of them comes out: not in its log at its most talkative, not in answers, errors, explanations or metrics.

const started = new AsyncDisposableStack();
const said: string[] = [];
let folder: string;
let broker: BrokerProcess;
let postgres: TestPostgres;
let config: Record<string, unknown>;
const { secret: apiToken, line } = makeApiToken({ id: 'planted', groups: [], expiresAt: null }, randomBytes);
const header = { alg: 'ES256', kid: 'planted' };
const bearer = [header, { iss: 'https://id.example', sub: 'planted-subject' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat('planted-signature')
  .join('.');
const secrets = [
  'planted-database-password',
  'planted-subgraph-password',
  'planted-cookie',
  'planted-signature',
  'planted-basic',
  'planted-variable',
  apiToken.slice(-20),
  bearer.slice(0, 60),
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sitewide-secrets-'));
  started.defer(() => rm(folder, { recursive: true }));
  const tokensFile = join(folder, 'tokens.txt');
  await writeFile(tokensFile, `${line}\n`);
  const simulator = await startSimulator({ installation: 'a', vms: 3, port: 0 });
  started.defer(() => simulator.close());
  postgres = started.use(await startPostgres());
  const database = new URL(await postgres.newDatabase());
  database.password = 'planted-database-password';
  const url = `http://127.0.0.1:${await findFreePorts(1)}`;
  config = {
    site: { id: 'test', installations: [{ id: 'a', brokers: [{ id: 'a-1', url }] }] },
    installation: 'a',
    broker: 'a-1',
    driver: { kind: 'simulator', url: simulator.url },
    database: { url: String(database) },
    auth: {
      anonymous: 'none',
      tokensFile,
      issuers: [{ issuer: 'https://id.example', audience: 'sitewide', jwksFile: '/dev/null' }],
    },
    roles: { bindings: [{ role: 'admin', subjects: ['token:planted'] }] },
    log: { level: 'trace' },
  };
  broker = started.use(await spawnBroker(url, config));
}, 60_000);

afterAll(() => started.disposeAsync());

async function ask(authorization: string, query: string, variables: object = {}): Promise<string> {
  const text: string[] = [];
  for (const path of ['/graphql', '/federation/graphql', '/installation/graphql']) {
    const response = await fetch(`${broker.url}${path}`, {
      method: 'POST',
      headers: {
        authorization,
        'content-type': 'application/json',
        cookie: 'session=planted-cookie',
        'sitewide-explain': '1',
      },
      body: JSON.stringify({ query, variables }),
    });
    text.push(await response.text());
  }
  said.push(...text);
  return text.join('\n');
}

const change = `mutation ($id: ID!, $value: String!) {
  reconfigureVirtualMachine(input: { id: $id, annotations: [{ key: "k", value: $value }] }) { operation { id } userErrors { code message } }
}`;

test('what is planted works, so that it was really looked at', async () => {
  expect(await ask(`Bearer ${apiToken}`, '{ virtualMachines(first: 1) { totalCount nodes { id } } }')).toContain(
    'totalCount',
  );
});

test('bad tokens, bad headers and bad sockets are refused without being repeated', async () => {
  for (const authorization of [
    `Bearer ${bearer}`,
    'Basic planted-basic',
    `Bearer ${apiToken}x`,
    'Bearer planted-signature',
  ]) {
    expect(await ask(authorization, '{ site { id } }')).toMatch(/TOKEN_|ISSUER_UNAVAILABLE/);
    using raw = await openRaw(`${broker.url}/graphql`);
    raw.send({ type: 'connection_init', payload: { authorization } });
    said.push(JSON.stringify(await raw.closed), JSON.stringify(raw.messages));
  }
});

test('errors of queries, of changes and of a store that is away say nothing of them', async () => {
  const authorization = `Bearer ${apiToken}`;
  await ask(authorization, '{ nothing }');
  await ask(authorization, change, { id: 'no-id', value: 'planted-variable' });
  await postgres[Symbol.asyncDispose]();
  await eventually(async () => {
    const text = await ask(
      authorization,
      '{ virtualMachines(first: 1) { nodes { id } coverage { sources { status message } } } }',
    );
    expect(text).toMatch(/STALE|UNAVAILABLE/);
  }, 20_000);
}, 40_000);

test('a configuration that cannot be used is refused without them', async () => {
  const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));
  for (const [name, wrong] of [
    ['key', { ...config, databse: 'planted-database-password' }],
    ['url', { ...config, database: { url: 'mysql://u:planted-database-password@db/x' } }],
    ['subgraph', { ...config, subgraphs: [{ name: 'own', url: 'http://user:planted-subgraph-password@x/' }] }],
  ] as const) {
    const file = join(folder, `${name}.yml`);
    await writeFile(file, JSON.stringify(wrong));
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'serve', '--config', file], {
      encoding: 'utf8',
    });
    expect([name, status]).toEqual([name, 1]);
    said.push(stdout, stderr);
  }
}, 30_000);

test('nothing of them has come out', async () => {
  const headers = { authorization: `Bearer ${apiToken}` };
  for (const path of ['/metrics', '/health/ready']) {
    said.push(await (await fetch(`${broker.url}${path}`, { headers })).text());
  }
  const everything = [...said, ...broker.complaints].join('\n');
  expect(broker.complaints.join('').length).toBeGreaterThan(1_000);
  for (const secret of secrets) {
    const at = everything.indexOf(secret);
    expect(at === -1 ? null : everything.slice(Math.max(0, at - 300), at + 100)).toBeNull();
  }
});
