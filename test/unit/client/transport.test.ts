import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, test } from '@jest/globals';

import { createTransport } from '../../../src/client/transport.ts';
import { systemClock } from '../../../src/core/clock.ts';

const { signal } = new AbortController();
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

describe('a query goes to another endpoint when the first one', () => {
  test.each<readonly [string, RequestListener]>([
    ['resets the connection', (request) => request.socket.destroy()],
    ['answers 502 with a page', (_, response) => response.writeHead(502).end('<html>Bad Gateway</html>')],
    ['answers 200 with a page', (_, response) => response.end('<html>Welcome</html>')],
    ['answers JSON that is no GraphQL answer', (_, response) => response.end('{"data": [1], "errors": "none"}')],
    ['cuts its answer short', (_, response) => response.end('{"data": {"hello": "wor')],
    ['promises more than it sends', cutShort],
    ['is overloaded', refuse(503, 'OVERLOADED')],
    ['is overloaded and says so with status 200', refuse(200, 'OVERLOADED')],
    ['is shutting down', refuse(503, 'SHUTTING_DOWN')],
    ['says nothing', () => undefined],
  ])('%s', async (_, spoilt) => {
    const bad = await serve(spoilt);
    const good = await serve(greet);
    const problems: string[] = [];
    const transport = createTransport({
      endpoints: [bad.url, good.url],
      clock: systemClock,
      onProblem: ({ endpoint }) => problems.push(endpoint),
    });
    const answer = await transport.request('{ hello }', {}, { signal, timeoutMs: 1_500 });
    expect(answer).toMatchObject({ data: { hello: 'world' }, endpoint: good.url });
    expect(problems).toEqual([bad.url]);
    expect([bad.count, good.count]).toEqual([1, 1]);
  });
});

test('an endpoint that just failed is not asked by the next request', async () => {
  const bad = await serve((request) => request.socket.destroy());
  const good = await serve(greet);
  const transport = createTransport({ endpoints: [bad.url, good.url], clock: systemClock });
  await transport.request('{ hello }', {}, { signal });
  await transport.request('{ hello }', {}, { signal });
  expect([bad.count, good.count]).toEqual([1, 2]);
});

test('requests can be spread over the endpoints', async () => {
  const all = await Promise.all([serve(greet), serve(greet), serve(greet)]);
  const endpoints = all.map(({ url }) => url);
  const transport = createTransport({ endpoints, clock: systemClock, spreading: 'SPREAD' });
  for (let nth = 0; nth < 6; nth += 1) {
    await transport.request('{ hello }', {}, { signal });
  }
  expect(all.map(({ count }) => count)).toEqual([2, 2, 2]);
});

test('a slow endpoint may still answer first when the other one is slower', async () => {
  const slow = await serve((request, response) => void setTimeout(() => greet(request, response), 700));
  const silent = await serve(() => undefined);
  const transport = createTransport({ endpoints: [slow.url, silent.url], clock: systemClock });
  const answer = await transport.request('{ hello }', {}, { signal, timeoutMs: 1_500 });
  expect(answer.endpoint).toBe(slow.url);
  expect(silent.count).toBe(1);
});

test('each request shows the token that there is then, and none if there is none', async () => {
  const seen: (string | undefined)[] = [];
  const endpoint = await serve((request, response) => {
    seen.push(request.headers.authorization);
    greet(request, response);
  });
  const tokens = ['first', 'second', null];
  const token = async (): Promise<string | null> => tokens.shift() ?? null;
  const transport = createTransport({ endpoints: [endpoint.url], clock: systemClock, token });
  for (let nth = 0; nth < 3; nth += 1) {
    await transport.request('{ hello }', {}, { signal });
  }
  expect(seen).toEqual(['Bearer first', 'Bearer second', undefined]);
});

test('an error of the operation is an answer, and nobody else is asked', async () => {
  const first = await serve(refuse(400, 'GRAPHQL_VALIDATION_FAILED'));
  const second = await serve(greet);
  const transport = createTransport({ endpoints: [first.url, second.url], clock: systemClock });
  const answer = await transport.request('{ helo }', {}, { signal });
  expect(answer).toMatchObject({ status: 400, data: null, endpoint: first.url });
  expect(second.count).toBe(0);
});

test('what the last one said is the answer when all turn a request away', async () => {
  const all = await Promise.all([serve(refuse(503, 'OVERLOADED')), serve(refuse(503, 'OVERLOADED'))]);
  const transport = createTransport({ endpoints: all.map(({ url }) => url), clock: systemClock });
  const answer = await transport.request('{ hello }', {}, { signal });
  expect(answer).toMatchObject({ status: 503, errors: [{ extensions: { code: 'OVERLOADED' } }] });
  expect(all.map(({ count }) => count)).toEqual([1, 1]);
});

test('extra requests have a budget, so that an outage is not doubled', async () => {
  const all = await Promise.all([serve(refuse(503, 'OVERLOADED')), serve(refuse(503, 'OVERLOADED'))]);
  const transport = createTransport({ endpoints: all.map(({ url }) => url), clock: systemClock, spreading: 'SPREAD' });
  const asked = 90;
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: asked }, () => transport.request('{ hello }', {}, { signal })));
  const extra = all[0].count + all[1].count - asked;
  const seconds = (performance.now() - startedAt) / 1_000;
  // The burst, a fifth of the traffic, and ten a second. Nobody fails for it: the others wait their turn.
  expect(extra).toBeLessThanOrEqual(20 + asked * 0.2 + 10 * seconds + 1);
});

describe('a mutation', () => {
  test('is not sent again once it may have been', async () => {
    const bad = await serve((request) => request.socket.destroy());
    const good = await serve(greet);
    const transport = createTransport({ endpoints: [bad.url, good.url], clock: systemClock });
    await expect(transport.request('mutation { change }', {}, { signal })).rejects.toMatchObject({
      code: 'ENDPOINT_UNREACHABLE',
    });
    expect(good.count).toBe(0);
  });

  test('is not sent beside itself when the endpoint is slow', async () => {
    const silent = await serve(() => undefined);
    const good = await serve(greet);
    const transport = createTransport({ endpoints: [silent.url, good.url], clock: systemClock });
    await expect(transport.request('mutation { change }', {}, { signal, timeoutMs: 600 })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    expect([silent.count, good.count]).toEqual([1, 0]);
  });

  test('goes to another endpoint when nobody listens at the first', async () => {
    const dead = await serve(greet);
    await new Promise((resolve) => servers.pop()!.close(resolve));
    const good = await serve(greet);
    const transport = createTransport({ endpoints: [dead.url, good.url], clock: systemClock });
    expect(await transport.request('mutation { change }', {}, { signal })).toMatchObject({ endpoint: good.url });
  });
});

test('every request has an id and less than its deadline', async () => {
  const seen: Record<string, unknown>[] = [];
  const server = await serve((request, response) => {
    seen.push(request.headers);
    greet(request, response);
  });
  const transport = createTransport({ endpoints: [server.url], clock: systemClock });
  await transport.request('{ hello }', {}, { signal, timeoutMs: 1_000 });
  await transport.request('{ hello }', {}, { signal, requestId: 'mine' });
  expect(seen[0]).toMatchObject({ 'sitewide-request-id': expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(Number(seen[0]!['sitewide-deadline-ms'])).toBeLessThanOrEqual(900);
  expect(seen[1]).toMatchObject({ 'sitewide-request-id': 'mine' });
  expect(seen[1]).not.toHaveProperty('sitewide-deadline-ms');
});

interface Counted {
  readonly url: string;
  readonly count: number;
}

async function serve(listener: RequestListener): Promise<Counted> {
  const counted = { url: '', count: 0 };
  const server = createServer((request, response) => {
    counted.count += 1;
    listener(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  counted.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return counted;
}

function greet(...[, response]: Parameters<RequestListener>): void {
  response.end('{"data": {"hello": "world"}}');
}

function cutShort(...[, response]: Parameters<RequestListener>): void {
  response.writeHead(200, { 'content-length': 1_000 }).write('{"data": {"hello": "wor');
  setTimeout(() => response.destroy(), 10);
}

function refuse(status: number, code: string): RequestListener {
  return (_, response) => {
    response.writeHead(status).end(JSON.stringify({ errors: [{ message: code, extensions: { code } }] }));
  };
}
