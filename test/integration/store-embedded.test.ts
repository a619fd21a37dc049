import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';

import { createEmbeddedPostgres, type EmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { ask } from '../support/postgres.ts';

const cleanup = new AsyncDisposableStack();
const soon = (): AbortSignal => AbortSignal.timeout(30_000);

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sitewide-postgres-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function create(folder: string): Promise<EmbeddedPostgres> {
  const server = await createEmbeddedPostgres({ folder });
  cleanup.defer(() => rm(server.folder, { recursive: true, force: true }));
  return cleanup.use(server);
}

afterAll(() => cleanup.disposeAsync());

describe('the embedded PostgreSQL', () => {
  test('keeps its data over a stop, a start and a crash', async () => {
    const server = await create(await newFolder());
    await server.start(soon());
    await ask(server.url, 'create table kept as select 1 as one');
    await server.stop();
    expect(server.pid).toBeNull();
    await expect(ask(server.url, 'select 1')).rejects.toThrow('ENOENT');
    await server.start(soon());
    process.kill(server.pid!, 'SIGKILL');
    await server.ended();
    await server.start(soon());
    expect(await ask(server.url, 'select one from kept')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  test('runs where the given folder can be entered by its owner only', async () => {
    const server = await create(join(await newFolder(), 'private', 'postgres'));
    await server.start(soon());
    expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  test('ends no process but its own', async () => {
    const other = spawn('sleep', ['60']);
    const [one, two] = [await create(await newFolder()), await create(await newFolder())];
    await Promise.all([one.start(soon()), two.start(soon())]);
    await one.stop();
    expect(await ask(two.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(other.exitCode).toBeNull();
    other.kill();
    await two.stop();
  });

  test('says why it cannot start, instead of ending the program', async () => {
    const folder = await newFolder();
    const server = await create(folder);
    const home = (await readdir(server.folder)).find((name) => name.startsWith('postgres-'))!;
    await rm(join(server.folder, home, 'bin'), { recursive: true });
    await expect(server.start(soon())).rejects.toMatchObject({
      code: 'PROCESS_FAILED',
      message: expect.stringMatching(/^The embedded PostgreSQL did not start: .*ENOENT/),
    });
    await mkdir(join(server.folder, 'data'));
    await expect(server.start(soon())).rejects.toMatchObject({ code: 'PROCESS_FAILED' });
  });
});
