import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { linesOf, sitewide } from '../support/cli.ts';
import { startPostgres } from '../support/postgres.ts';
import { startSites, type TestSites } from '../support/sites.ts';

// The command line over two sites, asked at one of them.

let sites: TestSites;
const started = new AsyncDisposableStack();

beforeAll(async () => {
  const postgres = started.use(await startPostgres());
  const databases = new Map<string, string>();
  for (const installation of ['lyon-a', 'oslo-a', 'oslo-b']) {
    databases.set(installation, await postgres.newDatabase());
  }
  sites = started.use(
    await startSites({
      sites: { lyon: ['lyon-a'], oslo: ['oslo-a', 'oslo-b'] },
      vms: 10,
      settings: ({ installation }) => ({ database: { url: databases.get(installation) } }),
    }),
  );
}, 120_000);

afterAll(async () => {
  await started.disposeAsync();
});

const run = (...args: readonly string[]) => sitewide([`${sites.at('lyon').url}/graphql`], ...args);

interface Machine {
  readonly id: string;
  readonly name: string;
  readonly installation: { readonly localId: string };
}

describe('with --federation', () => {
  test('machines of all sites are listed, and the remark groups what answered by site', async () => {
    const own = await run('vm', 'list', '-o', 'jsonl');
    expect(linesOf(own)).toHaveLength(10);
    const all = await run('vm', 'list', '--federation', '-o', 'jsonl');
    expect(all).toMatchObject({ code: 0 });
    expect(linesOf(all)).toHaveLength(30);
    expect(all.stderr).toBe(
      'coverage: complete, 3 of 3 installations at 2 sites: lyon: lyon-a OK; oslo: oslo-a OK, oslo-b OK\n',
    );
    const far = await run('vm', 'list', '--federation', '--site', 'oslo', '--all', '-o', 'jsonl');
    expect(new Set(linesOf<Machine>(far).map(({ installation }) => installation.localId))).toEqual(
      new Set(['oslo-a', 'oslo-b']),
    );
    expect(far.stderr).toContain('lyon: lyon-a SKIPPED (the filter rules it out); oslo: oslo-a OK, oslo-b OK');
  });

  test('a machine of another site is stopped, followed to its end and found among the operations', async () => {
    const list = await run('vm', 'list', '--federation', '--site', 'oslo', '--state', 'RUNNING', '-o', 'jsonl');
    const [machine] = linesOf<Machine>(list);
    const stopped = await run('vm', 'stop', '--federation', '--force', machine!.id);
    expect(stopped).toMatchObject({ code: 0 });
    expect(linesOf<{ state: string }>(stopped).at(-1)).toMatchObject({ state: 'SUCCEEDED' });
    const operations = await run('operation', 'list', '--federation', '--site', 'oslo', '-o', 'jsonl');
    expect(linesOf(operations)).toMatchObject([{ targetName: machine!.name, state: 'SUCCEEDED' }]);
    const near = await run('operation', 'list', '--federation', '--site', 'lyon', '-o', 'jsonl');
    expect(linesOf(near)).toEqual([]);
  });

  test('events of other sites are followed', async () => {
    const following = run('events', '--federation', '--operations', '--count', '1', '-o', 'jsonl');
    const list = await run('vm', 'list', '--federation', '--site', 'oslo', '--state', 'RUNNING', '-o', 'jsonl');
    let isOver = false;
    void following.then(() => (isOver = true));
    // Nobody tells when the stream has begun, so something goes on happening until it is told of.
    for (const { id } of linesOf<Machine>(list)) {
      if (!isOver) await run('vm', 'stop', '--federation', '--force', id);
    }
    expect(linesOf(await following)[0]).toMatchObject({ source: expect.stringMatching(/^installation:oslo-/) });
  });
});

describe('sites', () => {
  test('are listed with the way to each', async () => {
    const { code, stdout, stderr } = await run('site', 'list');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [heading, ...rows] = stdout.trimEnd().split('\n');
    expect(heading).toMatch(/^ID +NAME +LINK +RTT_MS/);
    expect(rows).toEqual([
      expect.stringMatching(/^lyon +lyon +OWN .* lyon-a +1 of 1$/),
      expect.stringMatching(/^oslo +oslo +UP .* oslo-a,oslo-b +\d of 2$/),
    ]);
    expect((await run('site', 'list', '-o', 'name')).stdout).toBe('lyon\noslo\n');
  });

  test('are shown with every broker, and one that is not there is not found', async () => {
    const own = linesOf(await run('site', 'show', '-o', 'jsonl'));
    expect(own).toMatchObject([{ installation: 'lyon-a', id: 'lyon-a-1', state: 'SELF' }]);
    const far = linesOf(await run('site', 'show', 'oslo', '-o', 'jsonl'));
    expect(far).toMatchObject([
      { installation: 'oslo-a', id: 'oslo-a-1', endpoint: expect.stringMatching(/^http/) },
      { installation: 'oslo-b', id: 'oslo-b-1' },
    ]);
    expect(await run('site', 'show', 'rome')).toEqual({
      code: 5,
      stdout: '',
      stderr: 'error: there is no site "rome"; there are lyon, oslo\n',
    });
  });
});
