import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider from 'oidc-provider';

import { eventually } from '../contract/eventually.ts';
import { type GuardedBroker, startGuardedBroker } from '../support/guarded-broker.ts';
import { startTokenIssuer } from '../support/token-issuer.ts';

// Tokens of a real OpenID Connect provider, found by its own discovery document; and requests that go on while an issuer
// replaces its keys and goes away.

let running: AsyncDisposableStack;
beforeEach(() => {
  running = new AsyncDisposableStack();
});
afterEach(() => running.disposeAsync());

const audience = 'urn:sitewide';

/** Gives machines signed tokens for whatever they ask (RFC 8707). @returns Its address. */
async function startProvider(): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk: JWK = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'first' };
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(url, {
    jwks: { keys: [jwk] as never },
    clients: [
      {
        client_id: 'nightly-report',
        client_secret: 'only-for-this-test',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => ({
          scope: 'api',
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    extraTokenClaims: () => ({ groups: ['auditors'] }),
    ttl: { ClientCredentials: 600 },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => void answer(request, response));
  running.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return url;
}

async function tokenOf(provider: string, resource: string): Promise<string> {
  const response = await fetch(`${provider}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('nightly-report:only-for-this-test')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'api', resource }),
  });
  const answer = (await response.json()) as { readonly access_token?: string };
  expect(answer).toMatchObject({ access_token: expect.any(String) });
  return answer.access_token!;
}

async function ask({ url }: GuardedBroker, token: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"query":"{ viewer { subject groups } }"}',
  });
  return { status: response.status, body: await response.json() };
}

test('a token of a real provider lets its client in, by name and groups, and one for another audience does not', async () => {
  const provider = await startProvider();
  const broker = running.use(await startGuardedBroker({ issuers: [{ issuer: provider, audience }] }));
  const token = await tokenOf(provider, audience);
  // On a busy machine the provider may be too slow for its first question.
  await eventually(async () =>
    expect(await ask(broker, token)).toMatchObject({
      status: 200,
      body: { data: { viewer: { subject: 'nightly-report', groups: ['auditors'] } } },
    }),
  );
  expect(await ask(broker, await tokenOf(provider, 'urn:billing'))).toMatchObject({
    status: 401,
    body: { errors: [{ extensions: { code: 'TOKEN_AUDIENCE' } }] },
  });
}, 20_000);

test('no request fails while an issuer replaces its keys five times and is away in between', async () => {
  const issuer = running.use(await startTokenIssuer());
  const broker = running.use(await startGuardedBroker({ issuers: [{ issuer: issuer.url, audience: 'sitewide' }] }));
  const lasting = await issuer.sign();
  const failures: unknown[] = [];
  let answered = 0;
  let isOver = false;
  const keepAsking = async (nth: number): Promise<void> => {
    while (!isOver) {
      // Half of them come with a token that nobody has seen yet.
      const token = nth % 2 === 0 ? lasting : await issuer.sign({ sub: `user-${nth}-${answered}` });
      const { status, body } = await ask(broker, token);
      answered += 1;
      if (status !== 200) failures.push(body);
    }
  };
  const asking = Promise.all(Array.from({ length: 8 }, (_, nth) => keepAsking(nth)));
  for (let round = 0; round < 5; round += 1) {
    const from = answered;
    await issuer.rotate(true);
    await whileAsked(() => answered > from + 40);
    issuer.behave(round % 2 === 0 ? 'REFUSES' : 'HANGS');
    await whileAsked(() => answered > from + 80);
    issuer.behave('ANSWERS');
  }
  isOver = true;
  await asking;
  expect(failures).toEqual([]);
  expect(answered).toBeGreaterThan(400);
}, 30_000);

async function whileAsked(isEnough: () => boolean): Promise<void> {
  while (!isEnough()) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
