import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';

import { runSitewide, startSitewide, type CommandResult } from '../support/cli.ts';
import { startGuardedBroker, type GuardedBroker } from '../support/guarded-broker.ts';
import { clientId, type LoginProvider, logInAtPage, resource, startLoginProvider } from '../support/login-provider.ts';

// Logging in as a user does, at a real provider, and asking a real broker with what that gives.

/** Shorter than a command wants a token to be good, so that each one gets another. */
const lifeSeconds = 20;

let provider: LoginProvider;
let broker: GuardedBroker;
let folder: string;
let file: string;
/** Everything that any command has said. */
const said: string[] = [];
/** Every token that was ever in the file. */
const tokens = new Set<string>();

beforeAll(async () => {
  // The provider warns that it is not set up for a real site.
  jest.spyOn(console, 'info').mockImplementation(() => undefined);
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  provider = await startLoginProvider(lifeSeconds);
  broker = await startGuardedBroker({
    anonymous: 'none',
    issuers: [{ issuer: provider.url, audience: ['sitewide', clientId] }],
  });
  folder = await mkdtemp(join(tmpdir(), 'sitewide-login-'));
  file = join(folder, 'deep', 'config.yml');
});

afterAll(async () => {
  await broker[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function run(...args: readonly string[]): Promise<CommandResult> {
  const result = await runSitewide({ SITEWIDE_CONFIG: file }, args);
  said.push(result.stdout, result.stderr);
  await held().catch(() => null);
  return result;
}

/** Logs in, the user being at the browser meanwhile. */
async function logIn(user: string, ...args: readonly string[]): Promise<CommandResult> {
  const command = startSitewide({ SITEWIDE_CONFIG: file }, ['login', ...args]);
  const page = await command.said(/http:\S+user_code=\S+/);
  await logInAtPage(page, user);
  const result = await command.end;
  said.push(result.stdout, result.stderr);
  await held();
  return result;
}

/** The secrets in the file. */
async function held(): Promise<{ token: string; refreshToken: string }> {
  const text = await readFile(file, 'utf8');
  const [token, refreshToken] = ['token', 'refreshToken'].map((key) => {
    return new RegExp(`^ +${key}: (?:>-\\s+)?(\\S+)$`, 'm').exec(text)?.[1] ?? '';
  });
  for (const secret of [token!, refreshToken!].filter((value) => value.length > 10)) tokens.add(secret);
  return { token: token!, refreshToken: refreshToken! };
}

const where = (): readonly string[] => ['--issuer', provider.url, '--client-id', clientId, '--resource', resource];

test('nobody is let in before, and is told what to do', async () => {
  const { code, stderr } = await run('query', '-e', `${broker.url}/graphql`, '{ site { id } }');
  expect(code).toBe(8);
  expect(stderr).toContain('TOKEN_REQUIRED');
  expect(stderr).toContain('sitewide login');
});

test('a user logs in by the device flow and is who they are to the broker, by HTTP and by WebSocket', async () => {
  const login = await logIn('alice', '--context', 'lyon', '-e', `${broker.url}/graphql`, ...where());
  expect(login).toMatchObject({ code: 0, stdout: '' });
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  const whoami = await run('whoami', '-o', 'json');
  expect(JSON.parse(whoami.stdout)).toMatchObject({ data: { viewer: { subject: 'alice', groups: ['operators'] } } });
  const events = await run('vm', 'list', '--watch', '--count', '1', '-o', 'jsonl');
  expect(events).toMatchObject({ code: 0 });
  expect(events.stdout).toContain('"name"');
});

test('a token is got anew before it expires, and what the issuer gives for the next time is kept', async () => {
  const before = await held();
  expect(await run('site', 'list')).toMatchObject({ code: 0 });
  const after = await held();
  expect(after.token).not.toBe(before.token);
  expect(after.refreshToken).not.toBe(before.refreshToken);
});

test("commands that need a new token at the same time do not lose one another's", async () => {
  const results = await Promise.all([1, 2, 3].map(() => run('site', 'list')));
  expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(await run('site', 'list')).toMatchObject({ code: 0 });
});

test('an issuer that is away harms nobody whose token is good', async () => {
  await run('site', 'list');
  provider.behave('REFUSES');
  // The token has less time left than a command wants, but is good.
  const before = provider.grants.length;
  const answer = await run('query', '{ site { id } }');
  provider.behave('ANSWERS');
  expect(answer).toMatchObject({ code: 0 });
  expect(provider.grants).toHaveLength(before);
});

test('the login of a context is not shown to other brokers, unless the context is named', async () => {
  const other = broker.url.replace('127.0.0.1', 'localhost');
  expect(await run('query', '-e', `${other}/graphql`, '{ site { id } }')).toMatchObject({ code: 8 });
  expect(await run('query', '--context', 'lyon', '-e', `${other}/graphql`, '{ site { id } }')).toMatchObject({
    code: 0,
  });
  const clear = await run('query', '--context', 'lyon', '-e', 'http://broker.example/graphql', '{ site { id } }');
  expect(clear).toMatchObject({ code: 2 });
  expect(clear.stderr).toContain('ENDPOINT_UNSAFE');
});

test('what was logged out is worthless at the issuer, and a command says how to log in again', async () => {
  const stolen = await readFile(file, 'utf8');
  expect(await run('logout')).toMatchObject({ code: 0 });
  expect(await readFile(file, 'utf8')).not.toContain('tokens');
  expect(await run('query', '{ site { id } }')).toMatchObject({ code: 8 });

  await writeFile(file, stolen.replace(/expiresAt: .*/, 'expiresAt: 2020-01-01T00:00:00.000Z'));
  const { code, stderr } = await run('query', '{ site { id } }');
  expect(code).toBe(8);
  expect(stderr).toContain('sitewide login --context lyon');
});

test('an ID token is shown where the access token is for the issuer only', async () => {
  const options = ['--issuer', provider.url, '--client-id', clientId, '--id-token'];
  expect(await logIn('bob', '--context', 'other', '-e', `${broker.url}/graphql`, ...options)).toMatchObject({
    code: 0,
  });
  const whoami = await run('whoami', '--context', 'other', '-o', 'json');
  expect(JSON.parse(whoami.stdout)).toMatchObject({ data: { viewer: { subject: 'bob' } } });
});

test('no command has ever said a token', async () => {
  await run('context', 'list', '-o', 'json');
  await run('context', 'show', 'other');
  expect(tokens.size).toBeGreaterThan(5);
  const everything = said.join('\n');
  for (const token of tokens) expect(everything.includes(token)).toBe(false);
});
