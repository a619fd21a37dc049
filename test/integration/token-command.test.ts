import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { sitewide } from '../support/cli.ts';
import { startGuardedBroker } from '../support/guarded-broker.ts';

test('what "token create" prints lets a machine in once its line is in the file, by name and groups', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sitewide-token-'));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(folder, { recursive: true }));
  const made = await sitewide(
    [],
    'token',
    'create',
    '--id',
    'nightly',
    '--group',
    'a',
    '--group',
    'b',
    '--expires',
    'never',
  );
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const [secret, line] = made.stdout.split('\n');
  const tokensFile = join(folder, 'tokens.txt');
  await writeFile(tokensFile, `${line}\n`);
  const broker = cleanup.use(await startGuardedBroker({ tokensFile }));
  const response = await fetch(`${broker.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: '{"query":"{ viewer { subject groups } }"}',
  });
  expect(await response.json()).toMatchObject({ data: { viewer: { subject: 'token:nightly', groups: ['a', 'b'] } } });
}, 30_000);

test('"token create" says what is wrong with what is asked for, and makes nothing', async () => {
  const made = await sitewide([], 'token', 'create', '--id', 'a_b', '--expires', 'tomorrow');
  expect(made).toMatchObject({ code: 2, stdout: '' });
  expect(made.stderr).toContain('the id "a_b" is not');
  expect(made.stderr).toContain('the expiry is neither');
});
