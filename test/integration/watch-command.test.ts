import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { linesOf, sitewide } from '../support/cli.ts';
import { simulatorConsole } from '../support/simulator.ts';
import { startSites, type TestSites } from '../support/sites.ts';

// `sitewide vm list --watch` at a broker of one of two sites.

let sites: TestSites;

beforeAll(async () => {
  sites = await startSites({ sites: { lyon: ['lyon-a'], oslo: ['oslo-a'] }, vms: 3 });
}, 60_000);
afterAll(async () => sites?.[Symbol.asyncDispose]());

interface Line {
  readonly data: { readonly virtualMachines: { readonly nodes: { name: string }[]; readonly totalCount: number } };
  readonly extensions: { readonly coverage: Readonly<Record<string, { readonly complete: boolean }>> };
}

const watch = async (...args: readonly string[]) =>
  sitewide([`${sites.at('lyon').url}/graphql`], 'vm', 'list', '--watch', ...args);

describe('sitewide vm list --watch', () => {
  test('prints a page as any list is printed, and what it rests on', async () => {
    const { code, stdout, stderr } = await watch('--count', '1');
    expect(stdout).toMatch(/^ID +NAME[^]*totalCount +3/);
    expect(stderr).toContain('coverage: complete, 1 of 1 sources: lyon-a OK');
    expect(code).toBe(0);
  });

  test('prints a line for each page of all sites as things change', async () => {
    let running = true;
    const watching = watch('--federation', '--count', '4', '-o', 'jsonl').finally(() => (running = false));
    const manager = simulatorConsole(sites.simulators['oslo-a']!);
    for (let count = 1; running; count += 1) {
      await manager.add({ name: `new-${count}` });
    }
    const result = await watching;
    const pages = linesOf<Line>(result);
    expect(pages).toHaveLength(4);
    expect(pages.at(-1)!.data.virtualMachines.totalCount).toBeGreaterThan(6);
    expect(pages.at(-1)!.extensions.coverage).toMatchObject({ virtualMachinesLive: { complete: true } });
    expect(result.code).toBe(0);
  }, 60_000);

  test('refuses what cannot be told live', async () => {
    expect(await watch('--all')).toMatchObject({ code: 2, stdout: '' });
    const { code, stderr } = await watch('--limit', '201');
    expect(stderr).toContain('a live page has at most 200 rows');
    expect(code).not.toBe(0);
  });
});
