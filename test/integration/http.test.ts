import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { LogFacts } from '../../src/telemetry/logger.ts';
import { silentLogger } from '../../src/telemetry/logger.ts';
import { ask, createWaiting, startTestServer } from './http-support.ts';
import type { Answer, TestServer } from './http-support.ts';

const logged: LogFacts[] = [];
let running: TestServer;
let url: string;

beforeAll(async () => {
  running = await startTestServer({ logger: { ...silentLogger, error: (facts) => logged.push(facts) } });
  url = running.url;
});

afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

describe('GraphQL over HTTP', () => {
  test('a query is answered, with the names of the broker, the installation and the site', async () => {
    const { response, body } = await ask(url, '{ hello }');
    expect(body).toEqual({ data: { hello: 'hello world' } });
    expect(response.headers.get('sitewide-broker')).toBe('lyon-a-1');
    expect(response.headers.get('sitewide-installation')).toBe('lyon-a');
    expect(response.headers.get('sitewide-site')).toBe('lyon');
  });

  test('a query by GET is answered, a mutation by GET is not', async () => {
    const headers = { 'apollo-require-preflight': '1' };
    const query = await fetch(`${url}/graphql?query={hello}`, { headers });
    expect(await query.json()).toEqual({ data: { hello: 'hello world' } });
    const mutation = await fetch(`${url}/graphql?query=mutation{change}`, { headers });
    expect([mutation.status, mutation.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('a GET that a foreign page could send is refused', async () => {
    expect((await fetch(`${url}/graphql?query={hello}`)).status).toBe(400);
  });

  test('no other site may read the answers', async () => {
    const { response } = await ask(url, '{ hello }', { headers: { origin: 'https://evil.example' } });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('other methods are refused with the allowed ones', async () => {
    const response = await fetch(`${url}/graphql`, { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect(await codeOf(response)).toBe('METHOD_NOT_ALLOWED');
  });

  test('the newer media type is spoken to those who accept it', async () => {
    const { response } = await ask(url, '{ hello }', { headers: { accept: 'application/graphql-response+json' } });
    expect(response.headers.get('content-type')).toContain('application/graphql-response+json');
  });

  test('a chunked body is read', async () => {
    const body = new ReadableStream({
      start(controller) {
        for (const part of ['{"query":', '"{ hello(name: ', '\\"é\\") }"}']) {
          controller.enqueue(new TextEncoder().encode(part));
        }
        controller.close();
      },
    });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' };
    const response = await fetch(`${url}/graphql`, init as RequestInit);
    expect(await response.json()).toEqual({ data: { hello: 'hello é' } });
  });

  test.each([
    ['a body beyond the limit', 413, 'BODY_TOO_LARGE', 'application/json', `{"query":"${'#'.repeat(20_000)}"}`],
    ['a body far beyond the limit', 413, 'BODY_TOO_LARGE', 'application/json', '#'.repeat(90_000)],
    ['another media type', 415, 'UNSUPPORTED_MEDIA_TYPE', 'text/plain', '{"query":"{hello}"}'],
    ['another character set', 415, 'UNSUPPORTED_MEDIA_TYPE', 'application/json; charset=latin1', '{}'],
    ['a body that is not JSON', 400, 'BAD_REQUEST', 'application/json', '{'],
    ['no query', 400, 'BAD_REQUEST', 'application/json', '{"variables":{}}'],
    ['a list of operations', 400, 'BAD_REQUEST', 'application/json', '[{"query":"{hello}"}]'],
    ['a syntax error', 400, 'GRAPHQL_PARSE_FAILED', 'application/json', '{"query":"{"}'],
    ['an unknown field', 400, 'GRAPHQL_VALIDATION_FAILED', 'application/json', '{"query":"{ nothing }"}'],
    [
      'too deep an operation',
      400,
      'OPERATION_TOO_COMPLEX',
      'application/json',
      '{"query":"{me{me{me{me{me{hello}}}}}}"}',
    ],
    ['a bottomless operation', 400, 'OPERATION_TOO_COMPLEX', 'application/json', `{"query":"${'{me'.repeat(2_000)}"}`],
    ['a bottomless value', 400, 'OPERATION_TOO_COMPLEX', 'application/json', `{"variables":${'['.repeat(5_000)}`],
    ['a wrong variable', 400, 'BAD_USER_INPUT', 'application/json', '{"query":"query($n:String!){hello(name:$n)}"}'],
  ])('%s is refused with %i %s', async (_, status, code, contentType, body) => {
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': contentType }, body });
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
  });

  test('a document of too many tokens is refused before it is parsed to its end', async () => {
    const { status, body } = await ask(url, `{ ${'a '.repeat(2_001)} } this is never reached`);
    expect([status, body.errors?.[0]?.message]).toEqual([
      400,
      'Syntax Error: Document contains more that 2000 tokens. Parsing aborted.',
    ]);
  });

  test('an unknown path is answered in JSON', async () => {
    const response = await fetch(`${url}/nothing`);
    expect([response.status, response.headers.get('sitewide-broker')]).toEqual([404, 'lyon-a-1']);
    expect(await codeOf(response)).toBe('NOT_FOUND');
  });

  test('the id of a request comes back, and one is made for who sends none or a bad one', async () => {
    const given = await ask(url, '{ hello }', { headers: { 'sitewide-request-id': 'my-id' } });
    expect(given.response.headers.get('sitewide-request-id')).toBe('my-id');
    const bad = await ask(url, '{ hello }', { headers: { 'sitewide-request-id': 'x'.repeat(200) } });
    expect(bad.response.headers.get('sitewide-request-id')).toMatch(/^id-\d+$/);
  });
});

describe('errors of an operation', () => {
  test('an unexpected one is hidden, named by its request id and logged', async () => {
    const { status, body } = await ask(url, '{ failing }', { headers: { 'sitewide-request-id': 'r1' } });
    expect(status).toBe(200);
    expect(body.data).toEqual({ failing: null });
    expect(body.errors).toEqual([
      expect.objectContaining({ message: 'Internal error.', extensions: { code: 'INTERNAL', requestId: 'r1' } }),
    ]);
    expect(logged).toContainEqual(
      expect.objectContaining({
        requestId: 'r1',
        err: expect.objectContaining({ message: 'the password is hunter2' }),
      }),
    );
  });

  test('one of ours keeps its code', async () => {
    const { body } = await ask(url, '{ refusing }');
    expect(body.errors?.[0]).toMatchObject({
      message: '"x" is not a global id: it is too short.',
      extensions: { code: 'INVALID_ID' },
    });
  });
});

describe('@coverage and deadlines', () => {
  interface Seen {
    readonly wanted: { readonly require: string; readonly sources: string[] | null };
    readonly timeoutMs: number;
  }

  async function seen(query: string, init: Parameters<typeof ask>[2] = {}): Promise<Seen> {
    const { body } = await ask(url, query, init);
    return JSON.parse(body.data?.['wanted'] ?? JSON.stringify(body)) as Seen;
  }

  test('without it, anything is wanted within five seconds', async () => {
    expect(await seen('{ wanted }')).toMatchObject({ wanted: { require: 'ANY', sources: null }, timeoutMs: 5_000 });
  });

  test('its arguments reach the resolvers, through variables too', async () => {
    const query = `query($s: [String!], $t: Int = 700) @coverage(require: ALL, sources: $s, timeoutMs: $t) { wanted }`;
    expect(await seen(query, { variables: { s: ['installation:a'] } })).toMatchObject({
      wanted: { require: 'ALL', sources: ['installation:a'] },
      timeoutMs: 700,
    });
  });

  test.each([0, -1, 60_001])('a timeoutMs of %i is refused', async (timeoutMs) => {
    const { status, body } = await ask(url, `query @coverage(timeoutMs: ${timeoutMs}) { wanted }`);
    expect([status, body.errors?.[0]?.extensions['code']]).toEqual([400, 'INVALID_ARGUMENT']);
  });

  test("a caller's header shortens the deadline and never lengthens it beyond the maximum", async () => {
    const withHeader = (ms: string, query = '{ wanted }') => seen(query, { headers: { 'sitewide-deadline-ms': ms } });
    expect((await withHeader('900')).timeoutMs).toBe(900);
    expect((await withHeader('900000')).timeoutMs).toBe(60_000);
    expect((await withHeader('900', 'query @coverage(timeoutMs: 2000) { wanted }')).timeoutMs).toBe(900);
    expect((await withHeader('30000', 'query @coverage(timeoutMs: 2000) { wanted }')).timeoutMs).toBe(2_000);
  });

  test('a header that is not a number is refused', async () => {
    const { status, body } = await ask(url, '{ hello }', { headers: { 'sitewide-deadline-ms': 'soon' } });
    expect([status, body.errors?.[0]?.extensions['code']]).toEqual([400, 'BAD_REQUEST']);
  });

  test('the coverage found while answering is in the extensions', async () => {
    const { body } = await ask(url, '{ wanted }');
    expect(body.extensions).toEqual({ coverage: { wanted: { complete: true, sources: [] } } });
  });
});

describe('the life of a server', () => {
  test('health says live, and ready or why not', async () => {
    let ready = false;
    await using server = await startTestServer({ ready: () => ({ ready, reasons: ready ? [] : ['no driver yet'] }) });
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    const notReady = await fetch(`${server.url}/health/ready`);
    expect([notReady.status, await notReady.json()]).toEqual([
      503,
      { status: 'not ready', reasons: ['no driver yet'] },
    ]);
    ready = true;
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });

  test('a port that is taken is named', async () => {
    await expect(startTestServer({ port: running.port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `Port ${running.port} on 127.0.0.1 is taken by another process.`,
    });
  });

  test('a caller who goes away ends the work', async () => {
    const waiting = createWaiting();
    await using server = await startTestServer({ waiting });
    const caller = new AbortController();
    const asking = fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ waiting }"}',
      signal: caller.signal,
    });
    await waiting.began;
    caller.abort();
    await expect(asking).rejects.toThrow();
    await expect(waiting.ended).resolves.toMatchObject({ code: 'CANCELLED' });
  });

  test('a drain lets requests under way finish and takes no new ones', async () => {
    const waiting = createWaiting();
    await using server = await startTestServer({ waiting });
    const asking = ask(server.url, '{ waiting }');
    await waiting.began;
    const drained = server.server.drain();
    await expect(fetch(`${server.url}/health/live`)).rejects.toThrow();
    waiting.finish();
    const { response, body } = await asking;
    expect(body).toEqual({ data: { waiting: 'finished' } });
    expect(response.headers.get('connection')).toBe('close');
    await drained;
  });

  test('a drain ends what does not finish in its time, and says so', async () => {
    const waiting = createWaiting();
    await using server = await startTestServer({ waiting, drainMs: 20 });
    const asking = ask(server.url, '{ waiting }');
    await waiting.began;
    await server.server.drain();
    expect((await asking).body.errors?.[0]?.extensions['code']).toBe('SHUTTING_DOWN');
  });

  test('a deadline ends a request', async () => {
    const waiting = createWaiting();
    await using server = await startTestServer({ waiting });
    const { body } = await ask(server.url, 'query @coverage(timeoutMs: 30) { waiting }');
    expect(body.errors?.[0]).toMatchObject({
      message: 'No answer within 30 ms.',
      extensions: { code: 'DEADLINE_EXCEEDED', retryable: true },
    });
  });

  test.each([
    ['its headers', 'POST /graphql HTTP/1.1\r\nhost: x\r\n'],
    [
      'its body',
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"query"',
    ],
  ])('a caller who never ends %s is cut off', async (_, text) => {
    await using server = await startTestServer({ bodyMs: 600 });
    const socket = connect(server.port, '127.0.0.1');
    socket.write(text);
    const answer: Buffer[] = [];
    for await (const chunk of socket) {
      answer.push(chunk as Buffer);
    }
    expect(Buffer.concat(answer).toString()).toMatch(/^HTTP\/1.1 408 /);
  });
});

async function codeOf(response: Response): Promise<unknown> {
  const { errors } = (await response.json()) as Answer;
  return errors?.[0]?.extensions['code'];
}
