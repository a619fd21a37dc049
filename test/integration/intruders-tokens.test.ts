import { exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fetch } from 'undici';

import { eventually } from '../contract/eventually.ts';
import { createTestAuthority, type TestAuthority } from '../support/certificates.ts';
import { type GuardedBroker, startGuardedBroker, takesTokensOf } from '../support/guarded-broker.ts';
import type { LogLine } from '../support/recording-logger.ts';
import { openRaw, refusedUpgrade } from '../support/raw-socket.ts';
import { createSigningKey, seconds, startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

// Whoever is not known gets in nowhere: each kind of bad token at each path that clients use, over HTTP and WebSocket, with
// certificates and without; and no token stands for a certificate.

let running: AsyncDisposableStack;
let issuer: TokenIssuer;
let authority: TestAuthority;
/** One that is alone behind loopback, and one with certificates. */
let broker: GuardedBroker;
let secure: GuardedBroker;

beforeAll(async () => {
  running = new AsyncDisposableStack();
  issuer = running.use(await startTokenIssuer());
  authority = running.use(await createTestAuthority());
  const auth = { issuers: [{ issuer: issuer.url, audience: 'sitewide' }] };
  broker = running.use(await startGuardedBroker(auth));
  secure = running.use(await startGuardedBroker(auth, authority));
  await Promise.all([broker, secure].map((one) => takesTokensOf(issuer, one)));
}, 30_000);

afterAll(() => running.disposeAsync());

const places = [
  ['/graphql', 'HTTP', () => broker],
  ['/federation/graphql', 'HTTP', () => broker],
  ['/graphql', 'HTTPS', () => secure],
  ['/federation/graphql', 'HTTPS', () => secure],
] as const;

/** What intruders show, and what they are told. */
const intruders: readonly (readonly [name: string, code: string, token: () => Promise<string | null>])[] = [
  ['no token', 'TOKEN_REQUIRED', async () => null],
  ['one that has expired', 'TOKEN_EXPIRED', () => issuer.sign({ exp: seconds(-31_000) })],
  ['one that is not yet valid', 'TOKEN_NOT_YET_VALID', () => issuer.sign({ nbf: seconds(40_000) })],
  ['one that is not signed', 'TOKEN_ALGORITHM', async () => new UnsecuredJWT(usual()).encode()],
  ['one signed with the public key as a shared secret', 'TOKEN_ALGORITHM', signWithPublicKey],
  ['one signed with the wrong key', 'TOKEN_SIGNATURE', signAsIfWithKey],
  ['one signed with a key that nobody knows', 'TOKEN_SIGNATURE', async () => issuer.sign({}, await createSigningKey())],
  ['one for another audience', 'TOKEN_AUDIENCE', () => issuer.sign({ aud: ['billing', 'wiki'] })],
  ['one without an audience', 'TOKEN_AUDIENCE', () => issuer.sign({ aud: undefined })],
  ['one of another issuer', 'TOKEN_ISSUER', () => issuer.sign({ iss: 'https://elsewhere.example' })],
  ['one with the issuer written otherwise', 'TOKEN_ISSUER', () => issuer.sign({ iss: `${issuer.url}/` })],
  ['one without an expiry', 'TOKEN_MALFORMED', () => issuer.sign({ exp: undefined })],
  ['one without a subject', 'TOKEN_MALFORMED', () => issuer.sign({ sub: undefined })],
  ['one of a subject that API tokens have', 'TOKEN_MALFORMED', () => issuer.sign({ sub: 'token:backup' })],
  ['one of the anonymous', 'TOKEN_MALFORMED', () => issuer.sign({ sub: 'anonymous' })],
  ['one with groups that are no names', 'TOKEN_MALFORMED', () => issuer.sign({ groups: [{ admin: true }] })],
  ['what its issuer signed for something else', 'TOKEN_MALFORMED', signNotice],
  ['what is no token', 'TOKEN_MALFORMED', async () => 'a.b.c'],
  ['one whose payload was replaced', 'TOKEN_SIGNATURE', replacePayload],
  ['one whose signature was cut off', 'TOKEN_SIGNATURE', async () => (await issuer.sign()).replace(/[^.]+$/, '')],
];

describe.each(places)('at %s over %s', (path, _protocol, at) => {
  test('a good token lets its user in, over HTTP and over a WebSocket', async () => {
    const token = await issuer.sign();
    expect(await post(at(), path, token)).toMatchObject({ status: 200, body: { data: { __typename: 'Query' } } });
    using raw = await openAt(at(), path);
    raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    expect(await raw.take()).toMatchObject({ type: 'connection_ack' });
    raw.send({ id: '1', type: 'subscribe', payload: { query: '{ __typename }' } });
    expect(await raw.take()).toMatchObject({ type: 'next', payload: { data: { __typename: 'Query' } } });
  });

  test.each(intruders)('with %s gets %s over HTTP', async (_, code, make) => {
    const from = at().log.length;
    const token = await make();
    const { status, body, challenge } = await post(at(), path, token);
    expect(status).toBe(401);
    expect(body).toEqual({ errors: [{ message: expect.any(String), extensions: { code } }] });
    expect(challenge).toMatch(
      code === 'TOKEN_REQUIRED' ? /^Bearer realm="sitewide"$/ : /^Bearer .*error="invalid_token"/,
    );
    await expectOneLine(() => at().log.slice(from), code, token);
  });

  test.each(intruders)('with %s gets %s over a WebSocket', async (_, code, make) => {
    const from = at().log.length;
    const token = await make();
    using raw = await openAt(at(), path);
    raw.send({ type: 'connection_init', ...(token !== null && { payload: { authorization: `Bearer ${token}` } }) });
    const closed = await raw.closed;
    expect(closed.code).toBe(4403);
    expect(closed.reason.startsWith(`${code}: `)).toBe(true);
    expect(raw.messages).toEqual([]);
    await expectOneLine(() => at().log.slice(from), code, token);
  });
});

test('a token in the header of the upgrade counts as well, and the one of connection_init before it', async () => {
  const headers = { authorization: `Bearer ${await issuer.sign()}` };
  using good = await openRaw(`${broker.url}/graphql`, undefined, { headers });
  good.send({ type: 'connection_init' });
  expect(await good.take()).toMatchObject({ type: 'connection_ack' });
  using bad = await openRaw(`${broker.url}/graphql`, undefined, { headers });
  bad.send({ type: 'connection_init', payload: { authorization: 'Bearer a.b.c' } });
  expect((await bad.closed).reason).toMatch(/^TOKEN_MALFORMED: /);
});

test('an operation cannot show another token than its socket', async () => {
  using raw = await openRaw(`${broker.url}/graphql`);
  raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${await issuer.sign()}` } });
  await raw.take();
  const extensions = { authorization: 'Bearer a.b.c' };
  raw.send({ id: '1', type: 'subscribe', payload: { query: '{ __typename }', extensions } });
  expect(await raw.take()).toMatchObject({ type: 'next' });
});

test('what is sent before the socket is acknowledged ends it with 4401', async () => {
  using raw = await openRaw(`${broker.url}/graphql`);
  raw.send({ id: '1', type: 'subscribe', payload: { query: '{ __typename }' } });
  expect((await raw.closed).code).toBe(4401);
});

test.each([
  ['a password', 'Basic YWxpY2U6aHVudGVyMg=='],
  ['two tokens', 'Bearer a b'],
  ['nothing', 'Bearer '],
  ['more than any issuer gives', `Bearer ${'a'.repeat(15_000)}.b.c`],
])('an authorization that is %s is malformed', async (_, authorization) => {
  const response = await fetch(`${broker.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: '{"query":"{ __typename }"}',
  });
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'TOKEN_MALFORMED' } }] });
});

describe.each(['/graphql', '/installation/graphql'])('where brokers come in, at %s', (path) => {
  test.each(['a good token', 'no token'])(
    '%s does not stand for a certificate, over HTTP and WebSocket',
    async (which) => {
      const token = which === 'no token' ? null : await issuer.sign();
      const peers = { ...secure, url: secure.peersUrl! };
      expect(await post(peers, path, token)).toMatchObject({
        status: 401,
        body: { errors: [{ extensions: { code: 'CERTIFICATE_REQUIRED' } }] },
      });
      const headers = token === null ? {} : { authorization: `Bearer ${token}` };
      const { status, body } = await refusedUpgrade(`${peers.url}${path}`, { headers, ca: authority.certificate });
      expect([status, body.errors[0]!.extensions.code]).toEqual([401, 'CERTIFICATE_REQUIRED']);
    },
  );
});

test.each(['/graphql', '/installation/graphql'])('who says to be a broker gets nothing for it at %s', async (path) => {
  const response = await fetch(`${broker.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sitewide-tier': 'SITE' },
    body: '{"query":"{ __typename }"}',
  });
  expect([response.status, await response.json()]).toMatchObject([
    403,
    { errors: [{ extensions: { code: 'PEER_HEADER_REFUSED' } }] },
  ]);
});

test('whoever shows no token may look and change nothing where the anonymous may read, and a bad token is refused', async () => {
  await using open = await startGuardedBroker({ anonymous: 'read', tokensFile: '/dev/null' });
  const ask = async (query: string, headers = {}): Promise<unknown> => {
    const all = { 'content-type': 'application/json', ...headers };
    const response = await fetch(`${open.url}/graphql`, {
      method: 'POST',
      headers: all,
      body: JSON.stringify({ query }),
    });
    return response.json();
  };
  const found = await ask('{ virtualMachines(first: 1) { nodes { id } totalCount } viewer { subject } }');
  expect(found).toMatchObject({ data: { virtualMachines: { totalCount: 3 }, viewer: { subject: 'anonymous' } } });
  const { id } = (found as { data: { virtualMachines: { nodes: [{ id: string }] } } }).data.virtualMachines.nodes[0];
  const can = await ask(`{ viewer { look: can(action: VIEW, id: "${id}") stop: can(action: POWER, id: "${id}") } }`);
  expect(can).toMatchObject({ data: { viewer: { look: true, stop: false } } });
  expect(await ask('{ __typename }', { authorization: 'Bearer a.b.c' })).toMatchObject({
    errors: [{ extensions: { code: 'TOKEN_MALFORMED' } }],
  });
});

async function post({ url, dispatcher }: GuardedBroker, path: string, token: string | null) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query: '{ __typename }' }),
  });
  const challenge = response.headers.get('www-authenticate');
  return { status: response.status, body: await response.json(), challenge };
}

function openAt({ url }: GuardedBroker, path: string) {
  return openRaw(`${url}${path}`, undefined, { ca: authority.certificate });
}

/** Logged once, with the caller's address and a reason, and without the token. */
async function expectOneLine(log: () => readonly LogLine[], code: string, token: string | null): Promise<void> {
  const about = (): object[] =>
    log().filter(({ level, facts }) => level !== 'debug' && JSON.stringify(facts).includes(code));
  await eventually(() => expect(about()).toHaveLength(1));
  expect(about()[0]).toMatchObject({
    facts: { caller: expect.stringContaining('127.0.0.1'), reason: expect.any(String) },
  });
  for (const part of (token ?? '').split('.').filter(({ length }) => length > 3)) {
    expect(JSON.stringify(log())).not.toContain(part);
  }
}

function usual(): Record<string, unknown> {
  return { iss: issuer.url, aud: 'sitewide', sub: 'alice', exp: seconds(600_000) };
}

/** What verifies would make tokens, if the token might say how it is verified. */
async function signWithPublicKey(): Promise<string> {
  const { alg, kid, publicJwk } = issuer.key;
  const key = await importJWK(publicJwk, alg, { extractable: true });
  const secret = new TextEncoder().encode(await exportSPKI(key as Parameters<typeof exportSPKI>[0]));
  return new SignJWT(usual()).setProtectedHeader({ alg: 'HS256', kid }).sign(secret);
}

/** A notice of a logout, which is for the same audience. */
function signNotice(): Promise<string> {
  const { alg, kid, privateKey } = issuer.key;
  return new SignJWT(usual()).setProtectedHeader({ alg, kid, typ: 'logout+jwt' }).sign(privateKey);
}

async function signAsIfWithKey(): Promise<string> {
  return issuer.sign({}, { ...(await createSigningKey()), kid: issuer.key.kid });
}

async function replacePayload(): Promise<string> {
  const [header, , signature] = (await issuer.sign()).split('.');
  const payload = Buffer.from(JSON.stringify({ ...usual(), sub: 'root' })).toString('base64url');
  return [header, payload, signature].join('.');
}
