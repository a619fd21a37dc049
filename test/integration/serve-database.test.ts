import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { startOwnServer } from '../../src/store/own-server.ts';
import { eventually } from '../contract/eventually.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { ask } from '../support/postgres.ts';

// Who brings the database: the operator for several brokers of one installation, the broker itself if it is alone.

const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));
const patience = (): AbortSignal => AbortSignal.timeout(30_000);
let folder: string;

beforeAll(async () => {
  // Open to everybody, as a folder below which another user's server keeps its data has to be.
  folder = join(tmpdir(), 'sitewide-test', (await mkdtemp(join(tmpdir(), 'serve-'))).slice(-6));
  await mkdir(folder, { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function writeConfig(brokers: number, port: number): Promise<string> {
  const ids = Array.from({ length: brokers }, (_, at) => ({
    id: `lone-${at + 1}`,
    url: `http://127.0.0.1:${port + at}`,
  }));
  const file = join(folder, `${brokers}.yml`);
  const config = {
    site: { id: 'test', installations: [{ id: 'lone', brokers: ids }] },
    installation: 'lone',
    broker: 'lone-1',
    // Nobody is there; a broker serves all the same.
    driver: { kind: 'simulator', url: `http://127.0.0.1:${port + brokers}` },
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

describe('a broker without a configured database', () => {
  test('is refused if its installation has several brokers', async () => {
    const file = await writeConfig(2, 4100);
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, [program, 'serve', '--config', file], { cwd: folder }, (error, _, said) =>
        resolve({ code: error?.code, stderr: said }),
      );
    });
    expect(code).toBe(1);
    expect(stderr).toContain('database: installation "lone" has 2 brokers, which need a database that they share');
    expect(stderr).toContain('CONFIG_INVALID');
  });

  test('runs one of its own if it is alone, and ends it with itself', async () => {
    const port = await findFreePorts(2);
    const file = await writeConfig(1, port);
    const child = spawn(process.execPath, [program, 'serve', '--config', file], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'exit');
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    try {
      const lockFile = join(folder, '.sitewide', 'lone', 'postmaster.pid');
      await eventually(async () => {
        const response = await fetch(`http://127.0.0.1:${port}/health/ready`);
        expect([200, 503]).toContain(response.status);
      }, 30_000);
      await access(lockFile);
      child.kill('SIGTERM');
      expect((await ended)[0]).toBe(0);
      await expect(access(lockFile)).rejects.toThrow('ENOENT');
    } catch (cause) {
      throw new Error(log, { cause });
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('a server that somebody owns', () => {
  const start = (troubles: string[]) =>
    startOwnServer(
      {
        folder: join(tmpdir(), 'sitewide-test'),
        data: `${folder.slice(-6)}-owned`,
        installations: ['one', `a-rather-long-name-${'x'.repeat(45)}`, `a-rather-long-name-${'x'.repeat(44)}y`],
        clock: systemClock,
        onTrouble: (what) => troubles.push(what),
      },
      patience(),
    );

  test('is started again when it was killed, with a database for each installation', async () => {
    const troubles: string[] = [];
    await using server = await start(troubles);
    await ask(server.urlOf('one'), 'create table kept as select 1 as one');
    const names = await ask<{ datname: string }>(server.urlOf('one'), 'select datname from pg_database');
    expect(names.filter(({ datname }) => datname.startsWith('a-rather'))).toHaveLength(2);
    const killed = server.pid!;
    process.kill(killed, 'SIGKILL');
    await eventually(async () => {
      expect(server.pid).not.toBeNull();
      expect(server.pid).not.toBe(killed);
      expect(await ask(server.urlOf('one'), 'select one from kept')).toEqual([{ one: 1 }]);
    }, 20_000);
    expect(troubles).toContain('PostgreSQL ended; it is started again.');
  });

  test('takes the place of one whose owner was killed', async () => {
    const data = `${folder.slice(-6)}-orphan`;
    const script = `
      import { startOwnServer } from ${JSON.stringify(fileURLToPath(new URL('../../src/store/own-server.ts', import.meta.url)))};
      import { systemClock } from ${JSON.stringify(fileURLToPath(new URL('../../src/core/clock.ts', import.meta.url)))};
      const options = { folder: ${JSON.stringify(join(tmpdir(), 'sitewide-test'))}, data: '${data}', installations: ['one'] };
      const server = await startOwnServer({ ...options, clock: systemClock, onTrouble() {} }, AbortSignal.timeout(30000));
      process.stdout.write(String(server.pid));
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const [said] = (await once(owner.stdout.setEncoding('utf8'), 'data')) as [string];
    const ended = once(owner, 'exit');
    owner.kill('SIGKILL');
    await ended;
    const options = { folder: join(tmpdir(), 'sitewide-test'), data, installations: ['one'], clock: systemClock };
    await using server = await startOwnServer({ ...options, onTrouble: () => undefined }, patience());
    expect(server.pid).not.toBe(Number(said));
    // What nobody waits for stays in the list of processes, without a command.
    expect(await readFile(`/proc/${said}/cmdline`, 'utf8').catch(() => '')).toBe('');
    expect(await ask(server.urlOf('one'), 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});
