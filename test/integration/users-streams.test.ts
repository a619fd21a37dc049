import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { WatchVmsDocument } from '../../schema/generated/client.ts';
import { makeApiToken } from '../../src/auth/api-token.ts';
import { createStreams } from '../../src/client/stream.ts';
import { systemClock } from '../../src/core/clock.ts';
import { eventually } from '../contract/eventually.ts';
import { type GuardedBroker, startGuardedBroker, takesTokensOf } from '../support/guarded-broker.ts';
import { openRaw, type RawSocket } from '../support/raw-socket.ts';
import { startSlowSubgraph } from '../support/slow-subgraph.ts';
import { createSigningKey, type SigningKey, startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

// Nobody goes on seeing what happens for longer than their token is good, and nobody else notices.

let running: AsyncDisposableStack;
let folder: string;
let issuer: TokenIssuer;
let broker: GuardedBroker;
let key: SigningKey;

const nightly = makeApiToken({ id: 'nightly', groups: ['auditors'], expiresAt: null }, randomBytes);
const hourly = makeApiToken({ id: 'hourly', groups: [], expiresAt: null }, randomBytes);

beforeEach(async () => {
  running = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'sitewide-users-'));
  running.defer(() => rm(folder, { recursive: true }));
  await writeTokens([nightly.line, hourly.line]);
  key = await createSigningKey('RS256');
  await writeKeys([key]);
  issuer = running.use(await startTokenIssuer());
  broker = running.use(
    await startGuardedBroker({
      issuers: [
        { issuer: issuer.url, audience: 'sitewide', prefix: 'corp:', clockSkewMs: 0 },
        { issuer: 'machines', audience: 'sitewide', prefix: 'machines:', jwksFile: join(folder, 'keys.json') },
      ],
      tokensFile: join(folder, 'tokens.txt'),
    }),
  );
  await takesTokensOf(issuer, broker);
}, 30_000);

afterEach(() => running.disposeAsync());

const writeTokens = (lines: readonly string[]): Promise<void> =>
  writeFile(join(folder, 'tokens.txt'), ['# Machines.', ...lines, ''].join('\n'));
const writeKeys = (keys: readonly SigningKey[]): Promise<void> =>
  writeFile(join(folder, 'keys.json'), JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) }));
const short = (milliseconds: number): Promise<string> => issuer.sign({ exp: (Date.now() + milliseconds) / 1_000 });

async function follow(token: string): Promise<RawSocket> {
  const raw = running.use(await openRaw(`${broker.url}/graphql`));
  raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  expect(await raw.take()).toMatchObject({ type: 'connection_ack' });
  raw.send({
    id: 's',
    type: 'subscribe',
    payload: { query: 'subscription { virtualMachinesLive(first: 1) { totalCount } }' },
  });
  expect(await raw.take()).toMatchObject({ id: 's', type: 'next' });
  return raw;
}

async function statusFor(token: string): Promise<number> {
  const response = await fetch(`${broker.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"query":"{ __typename }"}',
  });
  await response.arrayBuffer();
  return response.status;
}

/** The stream ends with the code, and the socket with it. */
async function expectEnd(raw: RawSocket, code: string): Promise<void> {
  const { code: closeCode, reason } = await raw.closed;
  expect([closeCode, reason.split(':')[0]]).toEqual([4403, code]);
  expect(raw.messages.at(-1)).toMatchObject({ id: 's', type: 'error', payload: [{ extensions: { code } }] });
}

test('a stream ends with TOKEN_EXPIRED when its token does, and the socket with it; those of others go on', async () => {
  const [lasting, brief] = [await follow(await issuer.sign()), await follow(await short(900))];
  const startedAt = Date.now();
  await expectEnd(brief, 'TOKEN_EXPIRED');
  expect(Date.now() - startedAt).toBeLessThan(3_000);
  expect(lasting.socket.readyState).toBe(lasting.socket.OPEN);
});

test('an API token that is taken out of the file is refused, and its sockets end within 5 s', async () => {
  const [revoked, kept] = [await follow(nightly.secret), await follow(hourly.secret)];
  expect(await statusFor(nightly.secret)).toBe(200);
  await writeTokens([hourly.line]);
  const startedAt = Date.now();
  await eventually(async () => expect(await statusFor(nightly.secret)).toBe(401));
  await expectEnd(revoked, 'TOKEN_REVOKED');
  expect(Date.now() - startedAt).toBeLessThan(5_500);
  expect(await statusFor(hourly.secret)).toBe(200);
  expect(kept.socket.readyState).toBe(kept.socket.OPEN);
}, 15_000);

test('a socket whose user is in other groups now is closed with 1001, so that its client opens another one', async () => {
  const raw = await follow(hourly.secret);
  await writeTokens([nightly.line, hourly.line.replace(/-$/, 'auditors')]);
  expect((await raw.closed).code).toBe(1001);
  expect(await statusFor(hourly.secret)).toBe(200);
}, 15_000);

test('a file of API tokens that cannot be used is named in the log, and changes nothing', async () => {
  await writeTokens(['nonsense']);
  await eventually(() =>
    expect(broker.log.filter(({ level }) => level === 'error')).toMatchObject([
      { facts: { problem: expect.stringContaining('line 2') } },
    ]),
  );
  expect(await statusFor(nightly.secret)).toBe(200);
});

test.each([
  ['with another secret', () => `${nightly.secret.slice(0, -4)}AAAA`],
  ['of an id that is not in the file', () => nightly.secret.replace('nightly', 'weekly')],
])('an API token %s is refused with the same words', async (_, make) => {
  const response = await fetch(`${broker.url}/graphql`, { headers: { authorization: `Bearer ${make()}` } });
  const message = 'The token is not known here, or not any more.';
  expect(await response.json()).toEqual({ errors: [{ message, extensions: { code: 'TOKEN_REVOKED' } }] });
});

test('keys in a file are followed: a withdrawn one ends requests and sockets, and a new one is taken at once', async () => {
  const token = await issuer.sign({ iss: 'machines' }, key);
  const raw = await follow(token);
  const next = await createSigningKey('EdDSA');
  const token2 = await issuer.sign({ iss: 'machines' }, next);
  await writeKeys([key, next]);
  expect(await statusFor(token2)).toBe(200);
  await writeKeys([next]);
  await eventually(async () => expect(await statusFor(token)).toBe(401));
  await expectEnd(raw, 'TOKEN_SIGNATURE');
  expect(await statusFor(token2)).toBe(200);
}, 15_000);

test("a user's token does not go on to the subgraphs of the operator", async () => {
  const subgraph = running.use(await startSlowSubgraph());
  const auth = { tokensFile: join(folder, 'tokens.txt') };
  const joined = running.use(await startGuardedBroker(auth, undefined, subgraph.url));
  await eventually(async () => {
    const response = await fetch(`${joined.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${nightly.secret}`, cookie: 'a=secret' },
      body: '{"query":"{ sleepy }"}',
    });
    expect(await response.json()).toMatchObject({ data: { sleepy: 'awake' } });
  });
  expect(subgraph.asked).toHaveLength(1);
  expect(JSON.stringify(subgraph.asked)).not.toMatch(/authorization|cookie|swt_/);
});

test('a stream of our client goes on with another token when its own expires', async () => {
  const given: string[] = [];
  const token = async (): Promise<string> => {
    given.push(await short(given.length === 0 ? 800 : 60_000));
    return given.at(-1)!;
  };
  const streams = createStreams({ endpoints: [`${broker.url}/graphql`], clock: systemClock, token });
  const stop = new AbortController();
  const results = streams.watch(WatchVmsDocument, { first: 1 }, stop.signal);
  expect((await results.next()).value).toMatchObject({ errors: [], data: { virtualMachinesLive: {} } });
  while (given.length < 2) {
    expect((await results.next()).value).toMatchObject({ errors: [], data: { virtualMachinesLive: {} } });
  }
  stop.abort(new Error('The test is over.'));
  await results.return().catch(() => undefined);
});
