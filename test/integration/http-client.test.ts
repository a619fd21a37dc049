import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { createTransport } from '../../src/client/transport.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createWaiting, startTestServer } from './http-support.ts';
import type { TestServer } from './http-support.ts';

let running: TestServer;
let endpoint: string;
/** An address at which nobody listens: it was free a moment ago. */
let dead: string;

beforeAll(async () => {
  running = await startTestServer();
  endpoint = `${running.url}/graphql`;
  const passing = await startTestServer();
  dead = `${passing.url}/graphql`;
  await passing[Symbol.asyncDispose]();
});

afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

const { signal } = new AbortController();

describe('the transport', () => {
  test('falls back to the next endpoint when one cannot be reached', async () => {
    const transport = createTransport({ endpoints: [dead, endpoint], clock: systemClock });
    expect(await transport.request('{ hello }', {}, { signal })).toMatchObject({
      data: { hello: 'hello world' },
      endpoint,
    });
  });

  test('names every endpoint that failed, and why', async () => {
    const page = createServer((_, response) => response.writeHead(502).end('<html>Bad Gateway</html>'));
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    const proxy = `http://127.0.0.1:${(page.address() as AddressInfo).port}/graphql`;
    const transport = createTransport({ endpoints: [dead, proxy], clock: systemClock });
    await expect(transport.request('{ hello }', {}, { signal })).rejects.toMatchObject({
      code: 'ENDPOINT_UNREACHABLE',
      message: expect.stringMatching(/ECONNREFUSED.*; .*HTTP 502, not a GraphQL answer/),
    });
    page.closeAllConnections();
    await new Promise((resolve) => page.close(resolve));
  });

  test('tells the broker its deadline, so that the broker is the one to give up', async () => {
    const waiting = createWaiting();
    await using server = await startTestServer({ waiting });
    const transport = createTransport({ endpoints: [`${server.url}/graphql`], clock: systemClock });
    const { errors } = await transport.request('{ waiting }', {}, { signal, timeoutMs: 3_000 });
    expect(errors[0]?.extensions?.['code']).toBe('DEADLINE_EXCEEDED');
  });

  test('ends when its caller does', async () => {
    const waiting = createWaiting();
    await using server = await startTestServer({ waiting });
    const transport = createTransport({ endpoints: [`${server.url}/graphql`], clock: systemClock });
    const caller = new AbortController();
    const asking = transport.request('{ waiting }', {}, { signal: caller.signal });
    await waiting.began;
    caller.abort(new Error('enough'));
    await expect(asking).rejects.toThrow('enough');
    await waiting.ended;
  });
});

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function sitewide(...args: string[]): Promise<Run> {
  const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

describe('sitewide query', () => {
  test('prints data on stdout and coverage on stderr', async () => {
    const run = await sitewide('query', '--endpoint', endpoint, '-o', 'jsonl', '{ wanted }');
    expect(run).toEqual({ code: 0, stdout: '', stderr: 'coverage: complete, 0 of 0 sources: \n' });
    const table = await sitewide('query', '-e', endpoint, 'query($n: String) { hello(name: $n) }', '--var', 'n=you');
    expect(table).toEqual({ code: 0, stdout: 'hello  hello you\n', stderr: '' });
  });

  test('ends with the code of its answer', async () => {
    const run = await sitewide('query', '--endpoint', endpoint, '{ refusing }');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('error: refusing: "x" is not a global id: it is too short. (INVALID_ID)');
  });

  test('ends with 4 and one line when nobody can be reached', async () => {
    const run = await sitewide('query', '--endpoint', dead);
    expect(run.code).toBe(4);
    expect(run.stderr).toMatch(/^error: None of the endpoints answered: .*ECONNREFUSED.* \(ENDPOINT_UNREACHABLE\)\n/);
    expect(run.stderr).not.toContain('    at ');
  });

  test.each([
    ['an unknown option', ['query', '--nope'], "unknown option '--nope'"],
    ['an unknown format', ['query', '-o', 'xml'], 'Allowed choices are table'],
    ['an address that is none', ['query', '-e', 'nowhere'], '"nowhere" is not an http address'],
    ['variables that are none', ['query', '--variables', '{'], 'It is not JSON'],
    ['two operations', ['query', '{ a }', '--file', 'x'], 'not both'],
    ['an unknown command', ['qery'], 'Did you mean query?'],
    ['no command', [], 'Usage: sitewide'],
  ])('and %s is a usage error on stderr', async (_, args, message) => {
    const run = await sitewide(...args);
    expect(run).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect(run.stderr).toContain('Usage: sitewide');
  });
});

describe('sitewide schema', () => {
  test('prints the base schema', async () => {
    const run = await sitewide('schema');
    expect(run).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('type VirtualMachine implements Node'),
    });
  });

  test('prints the schema of a running broker', async () => {
    const run = await sitewide('schema', '--kind', 'api', '--endpoint', endpoint);
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('directive @coverage') });
  });
});

test('help shows how each command is used, without loading what it does not need', async () => {
  const run = await sitewide('query', '--help');
  expect(run).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Examples:') });
});
