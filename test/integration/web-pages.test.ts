import { request } from 'node:http';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { openRaw, refusedUpgrade } from '../support/raw-socket.ts';
import { startTestServer, type TestServer } from './http-support.ts';

const dashboard = 'https://dashboard.example.org';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ pages: { origins: [dashboard], hosts: () => ['lyon.example.org'] } });
});
afterAll(async () => server[Symbol.asyncDispose]());

interface Received {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

/** A request with any headers, which `fetch` would not send. */
async function send(path: string, headers: Record<string, string>, method = 'POST'): Promise<Received> {
  const body = method === 'POST' ? '{"query":"{ hello }"}' : '';
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { method, headers }, (response) => {
      const chunks: string[] = [];
      response.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, text: chunks.join('') }),
      );
    });
    sent.on('error', reject).end(body);
  });
}

const json = { 'content-type': 'application/json' };

describe('the host', () => {
  test.each([
    'lyon.example.org',
    'LYON.example.org:4000',
    'localhost:1',
    'a.localhost',
    '192.0.2.1:4000',
    '[::1]:4000',
  ])('a request in the name of %s is answered', async (host) => {
    expect((await send('/graphql', { ...json, host })).status).toBe(200);
  });

  test.each(['evil.example', 'lyon.example.org.evil.example', 'localhost.evil.example:4000'])(
    'a request in the name of %s, which may lead here since a moment ago, is refused by name',
    async (host) => {
      const { status, text } = await send('/graphql', { ...json, host });
      expect([status, text]).toEqual([421, expect.stringContaining('HOST_REFUSED')]);
      const { body } = await refusedUpgrade(`${server.url}/graphql`, { headers: { host } });
      expect(body.errors[0]!.extensions.code).toBe('HOST_REFUSED');
      expect((await send('/metrics', { host }, 'GET')).status).toBe(421);
    },
  );

  test('whoever only asks whether the broker lives may call it anything', async () => {
    expect((await send('/health/live', { host: 'probe' }, 'GET')).status).toBe(200);
  });
});

describe('pages of others', () => {
  const asksWhether = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };

  test('a configured one is told that it may ask, with what, and may read the answer', async () => {
    const asked = await send('/graphql', { ...asksWhether, origin: dashboard }, 'OPTIONS');
    expect([asked.status, asked.text]).toEqual([204, '']);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': dashboard,
      'access-control-allow-methods': 'GET, POST',
      vary: 'origin',
    });
    expect(asked.headers['access-control-allow-headers']).toContain('authorization');
    expect(asked.headers['access-control-allow-headers']).not.toContain('sitewide-tier');
    expect(asked.headers['access-control-allow-credentials']).toBeUndefined();
    const answer = await send('/graphql', { ...json, origin: dashboard });
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': dashboard, vary: 'origin' });
  });

  test.each(['https://evil.example', `${dashboard}.evil.example`, 'null'])(
    '%s is told that it may not',
    async (origin) => {
      const asked = await send('/graphql', { ...asksWhether, origin }, 'OPTIONS');
      expect([asked.status, asked.text]).toEqual([403, expect.stringContaining('ORIGIN_REFUSED')]);
      expect((await send('/graphql', { ...json, origin })).headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  test('a configured one may open a WebSocket, no other may', async () => {
    using opened = await openRaw(`${server.url}/graphql`, undefined, { origin: dashboard });
    expect(opened.socket.readyState).toBe(opened.socket.OPEN);
    const { status } = await refusedUpgrade(`${server.url}/graphql`, { origin: 'https://evil.example' });
    expect(status).toBe(403);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=b', ''])(
    'what a form could send without asking, as "%s", is refused',
    async (contentType) => {
      const headers = { origin: 'https://evil.example', ...(contentType && { 'content-type': contentType }) };
      expect((await send('/graphql', headers)).status).toBe(415);
    },
  );
});

test('answers cannot be embedded, and tell no page where they were read', async () => {
  const { headers } = await send('/graphql', json);
  expect(headers).toMatchObject({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  });
  expect(headers['strict-transport-security']).toBeUndefined();
});
