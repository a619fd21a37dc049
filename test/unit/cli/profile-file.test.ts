import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { withContext } from '../../../src/cli/profile/context-options.ts';
import { openProfileFile, profilePath, type ProfileFile } from '../../../src/cli/profile/profile-file.ts';
import { systemClock } from '../../../src/core/clock.ts';

const signal = AbortSignal.timeout(60_000);
const secret = 'eyJhbGciOi-planted';
let folder: string;
let path: string;
let file: ProfileFile;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sitewide-profile-'));
  path = join(folder, 'config.yml');
  file = openProfileFile(path, systemClock);
});

afterEach(() => rm(folder, { recursive: true }));

/** Adds a context. */
function add(name: string, to = file): Promise<null> {
  return to.change(async (profiles) => ({ profiles: withContext(profiles, name, {}), result: null }), signal);
}

test.each([
  [{ SITEWIDE_CONFIG: '/a/b.yml', XDG_CONFIG_HOME: '/x' }, '/a/b.yml'],
  [{ XDG_CONFIG_HOME: '/x' }, '/x/sitewide/config.yml'],
])('with %j the contexts are in %s', (environment, expected) => {
  expect(profilePath(environment)).toBe(expected);
});

test('who has no file has no contexts, and gets one for themselves alone', async () => {
  expect(await file.read()).toEqual({ current: null, contexts: {} });
  await add('lyon');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await file.read()).toEqual({ current: 'lyon', contexts: { lyon: {} } });
});

test.each([0o640, 0o604, 0o644])('a file with mode %o is refused, and is left as it is', async (mode) => {
  await add('lyon');
  await chmod(path, mode);
  await expect(file.read()).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('chmod 600'),
  });
  await expect(add('oslo')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  expect(await readFile(path, 'utf8')).not.toContain('oslo');
});

test('changes at the same time are all there in the end, and nothing is left over', async () => {
  const names = Array.from({ length: 8 }, (_, at) => `site-${at}`);
  await Promise.all(names.map((name) => add(name, openProfileFile(path, systemClock))));
  expect(Object.keys((await file.read()).contexts).sort()).toEqual(names);
  expect(await readdir(folder)).toEqual(['config.yml']);
});

test('a lock whose process has died is broken', async () => {
  const { hostname } = await import('node:os');
  // No process has this number: it is above what Linux gives.
  await writeFile(`${path}.lock`, `4999999 ${hostname()} somebody`);
  await add('lyon');
  expect(await readdir(folder)).toEqual(['config.yml']);
});

test('a lock that is held is waited for until nobody waits any more', async () => {
  const { hostname } = await import('node:os');
  await writeFile(`${path}.lock`, `${process.pid} ${hostname()} somebody`);
  const change = file.change(async () => ({ profiles: null, result: null }), AbortSignal.timeout(100));
  await expect(change).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(await readdir(folder)).toEqual(['config.yml.lock']);
});

test('a change that fails changes nothing and holds nobody up', async () => {
  await add('lyon');
  await expect(file.change(() => Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  await add('oslo');
  expect(Object.keys((await file.read()).contexts)).toEqual(['lyon', 'oslo']);
});

test('a link to the file stays one', async () => {
  const real = join(folder, 'real.yml');
  await writeFile(real, '', { mode: 0o600 });
  await symlink(real, path);
  await add('lyon');
  expect(await readFile(real, 'utf8')).toContain('lyon');
});

test.each([
  ['not YAML', `contexts: {a: {tokens: [${secret}`],
  ['an unknown alias', `contexts: *${secret}`],
  ['a wrong type', `contexts: {a: {tokens: ${secret}}}`],
  ['a wrong address', `contexts: {a: {endpoints: ["${secret}"]}}`],
  ['too much', `contexts: {a: {tokens: {token: ${secret}, expiresAt: 1, refreshToken: []}}}`],
])('a file that cannot be used is refused without a word of what is in it: %s', async (_, text) => {
  await writeFile(path, text, { mode: 0o600 });
  const refused = { code: 'CONFIG_INVALID', message: expect.not.stringContaining(secret) };
  await expect(file.read()).rejects.toMatchObject(refused);
});
