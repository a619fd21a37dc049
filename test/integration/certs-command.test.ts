import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { type CommandResult, sitewide } from '../support/cli.ts';

// `sitewide certs` as a process: an authority, a broker, and everything that becomes of its certificate.

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sitewide-certs-'));
});

afterAll(() => rm(folder, { recursive: true }));

const broker = ['--site', 'lyon', '--installation', 'lyon-a', '--broker', 'lyon-a-1', '--host', 'a1.lyon.example'];

function certs(...args: readonly string[]): Promise<CommandResult> {
  return sitewide([], 'certs', ...args);
}

interface Shown {
  readonly state: string;
  readonly identity: object | null;
  readonly hosts: readonly string[];
  readonly serial: string;
}

async function show(name: string): Promise<{ readonly code: number; readonly shown: Shown }> {
  const files = [join(folder, name), '--revoked', join(folder, 'revoked.crl')];
  const { code, stdout } = await certs('show', ...files, '-o', 'json');
  return { code, shown: (JSON.parse(stdout) as Shown[])[0]! };
}

test('a certificate is issued, renewed with its key, and revoked', async () => {
  expect(await certs('init-ca', '--dir', folder)).toMatchObject({ code: 0, stderr: '' });
  expect((await stat(join(folder, 'ca.key'))).mode & 0o777).toBe(0o600);
  expect((await certs('issue', '--dir', folder, ...broker)).stdout).toContain('sitewide://lyon/lyon-a/lyon-a-1');
  const first = await show('lyon-a-1.crt');
  expect(first).toMatchObject({
    code: 0,
    shown: {
      state: 'VALID',
      identity: { site: 'lyon', installation: 'lyon-a', broker: 'lyon-a-1' },
      hosts: ['a1.lyon.example'],
    },
  });
  const key = await readFile(join(folder, 'lyon-a-1.key'), 'utf8');
  expect((await certs('renew', '--dir', folder, join(folder, 'lyon-a-1.crt'))).code).toBe(0);
  const second = await show('lyon-a-1.crt');
  expect(second.shown.serial).not.toBe(first.shown.serial);
  expect(await readFile(join(folder, 'lyon-a-1.key'), 'utf8')).toBe(key);
  expect((await certs('revoke', '--dir', folder, join(folder, 'lyon-a-1.crt'))).stdout).toContain('1 certificates');
  expect(await show('lyon-a-1.crt')).toMatchObject({ code: 1, shown: { state: 'REVOKED' } });
}, 60_000);

test('nothing is overwritten unless that is asked for', async () => {
  const again = await certs('issue', '--dir', folder, ...broker);
  expect(again).toMatchObject({ code: 1, stdout: '' });
  expect(again.stderr).toContain('lyon-a-1.crt: it is there already; --force replaces it. (CERTIFICATE_FILE_INVALID)');
  expect((await certs('issue', '--dir', folder, '--force', ...broker)).code).toBe(0);
}, 30_000);

test.each([
  [['issue', '--site', 'lyon', '--host', 'x'], 2, 'either --site, --installation and --broker are needed'],
  [['issue', '--clients', 'portal'], 2, 'at least one --host is needed'],
  [['issue', ...broker, '--days', '0'], 2, 'Allowed is a whole number from 1 to 36500.'],
  [['show', 'package.json'], 1, 'package.json: '],
  [['issue', '--dir', '/nowhere', ...broker], 1, '/nowhere/ca.crt: it cannot be read'],
])('%j ends with %i and says why', async (args, code, said) => {
  const result = await certs(...args);
  expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(said)]);
});
