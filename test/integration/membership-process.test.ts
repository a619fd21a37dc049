import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

import { silentLogger } from '../../src/telemetry/logger.ts';
import { eventually } from '../contract/eventually.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { ask } from '../support/graphql.ts';
import { startPostgres } from '../support/postgres.ts';
import { createFollowedSite, type Member, untilReady } from '../support/site-file.ts';

// A broker as a process of its own: SIGHUP must not end it, as it does by default.

const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));

test('a broker reads its site again on SIGHUP, goes on serving, and still ends in order on SIGTERM', async () => {
  await using site = await createFollowedSite();
  await using postgres = await startPostgres();
  const port = await findFreePorts(2);
  const own: Member = { installation: 'a', broker: 'a-1', url: `http://127.0.0.1:${port}` };
  const other: Member = { installation: 'b', broker: 'b-1', url: `http://127.0.0.1:${port + 1}` };
  await site.write([own, other]);
  await site.start(other, 5, silentLogger);
  await site.write([own]);
  const file = await site.configure(own, 5);
  const child = spawn(process.execPath, [program, 'serve', '--config', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, DATABASE_URL: await postgres.newDatabase() },
  });
  const ended = once(child, 'exit');
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  try {
    await untilReady(own.url);
    expect(await machines(own.url)).toBe(5);
    await eventually(() => {
      child.kill('SIGHUP');
      expect(log).toContain('SIGHUP: the configuration is read again.');
    });
    await site.write([own, other]);
    child.kill('SIGHUP');
    await eventually(async () => expect(await machines(own.url)).toBe(10));
    expect(log).toContain('"joined":["installation:b"');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

async function machines(url: string): Promise<number> {
  const { virtualMachines } = await ask<{ virtualMachines: { totalCount: number } }>(
    `${url}/graphql`,
    '{ virtualMachines(first: 1) { totalCount } }',
  );
  return virtualMachines.totalCount;
}
