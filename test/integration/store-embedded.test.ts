import { mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

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
  cleanup.defer(async () => {
    await rm(server.folder, { recursive: true, force: true });
    // Only the folder that holds relocated data goes with the last of them; any other one is not empty.
    await rmdir(dirname(server.folder)).catch(() => undefined);
  });
  return cleanup.use(server);
}

describe('the embedded PostgreSQL', () => {
  let server: EmbeddedPostgres;
  let other: EmbeddedPostgres;

  beforeAll(async () => {
    server = await create(await newFolder());
    other = await create(join(await newFolder(), 'private', 'postgres'));
    await Promise.all([server.start(soon()), other.start(soon())]);
  });
  afterAll(() => cleanup.disposeAsync());

  test('runs where the given folder can be entered by its owner only', async () => {
    expect(await ask(other.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('keeps its data over a stop, a start and a crash, and ends no server but its own', async () => {
    await ask(server.url, 'create table kept as select 1 as one');
    const { pid } = other;
    await server.stop();
    expect(server.pid).toBeNull();
    await expect(ask(server.url, 'select 1')).rejects.toThrow('ENOENT');
    await server.start(soon());
    process.kill(server.pid!, 'SIGKILL');
    await server.ended();
    await server.start(soon());
    expect(await ask(server.url, 'select one from kept')).toEqual([{ one: 1 }]);
    await ask(other.url, 'select 1');
    expect(other.pid).toBe(pid);
  });

  test('says why it cannot start, instead of ending the program', async () => {
    const broken = await create(await newFolder());
    const home = (await readdir(broken.folder)).find((name) => name.startsWith('postgres-'))!;
    await rm(join(broken.folder, home, 'bin'), { recursive: true });
    await expect(broken.start(soon())).rejects.toMatchObject({
      code: 'PROCESS_FAILED',
      message: expect.stringMatching(/^The embedded PostgreSQL did not start: .*ENOENT/),
    });
    expect(broken.pid).toBeNull();
  });
});
