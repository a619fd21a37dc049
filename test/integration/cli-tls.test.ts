import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:tls';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { createTestAuthority, type TestAuthority } from '../support/certificates.ts';
import { runSitewide } from '../support/cli.ts';
import { type GuardedBroker, startGuardedBroker, takesTokensOf } from '../support/guarded-broker.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

// Commands over TLS: they trust the certificates they are given, and show their token to nobody else.

let authority: TestAuthority;
let issuer: TokenIssuer;
let broker: GuardedBroker;
let endpoint: string;
const started = new AsyncDisposableStack();

beforeAll(async () => {
  authority = started.use(await createTestAuthority());
  issuer = started.use(await startTokenIssuer());
  broker = started.use(
    await startGuardedBroker({ anonymous: 'none', issuers: [{ issuer: issuer.url, audience: 'sitewide' }] }),
  );
  await takesTokensOf(issuer, broker);
  // What a proxy on the same machine does: it ends TLS, and passes on what comes.
  const { certificate, key } = await authority.issue(null);
  const proxy = createServer({ cert: certificate, key }, (socket) => {
    const behind = connect(Number(new URL(broker.url).port), '127.0.0.1');
    socket.on('error', () => behind.destroy()).pipe(behind);
    behind.on('error', () => socket.destroy()).pipe(socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  started.defer(() => void proxy.close());
  endpoint = `https://127.0.0.1:${(proxy.address() as AddressInfo).port}/graphql`;
});

afterAll(() => started.disposeAsync());

async function environment(): Promise<Record<string, string>> {
  return { SITEWIDE_ENDPOINT: endpoint, SITEWIDE_CA: authority.certificateFile, SITEWIDE_TOKEN: await issuer.sign() };
}

test('a command asks by HTTPS with a token', async () => {
  const { code, stdout } = await runSitewide(await environment(), ['whoami', '-o', 'json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ data: { viewer: { subject: 'alice' } } });
});

test('a command follows by secure WebSocket with a token', async () => {
  const args = ['vm', 'list', '--watch', '--count', '1', '-o', 'jsonl'];
  expect(await runSitewide(await environment(), args)).toMatchObject({ code: 0 });
});

test('the schema is read by HTTPS with a token', async () => {
  const { SITEWIDE_ENDPOINT: _, ...others } = await environment();
  expect(await runSitewide(others, ['schema', '--endpoint', endpoint])).toMatchObject({ code: 0 });
});

test('a broker that nobody vouches for gets neither a question nor a token', async () => {
  const other = await createTestAuthority('another one');
  await using _ = other;
  const before = broker.log.length;
  for (const ca of ['', other.certificateFile]) {
    const result = await runSitewide({ ...(await environment()), SITEWIDE_CA: ca }, ['query', '{ site { id } }']);
    expect(result).toMatchObject({ code: 4, stdout: '' });
  }
  expect(broker.log).toHaveLength(before);
});

test('what cannot be a token is refused before it is sent, and is not quoted', async () => {
  const planted = 'planted\nsecret';
  const { code, stderr } = await runSitewide({ ...(await environment()), SITEWIDE_TOKEN: planted }, ['site', 'list']);
  expect(code).toBe(8);
  expect(stderr).toContain('TOKEN_MALFORMED');
  expect(stderr).not.toContain('planted');
});
