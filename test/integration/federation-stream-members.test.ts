import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { decodeRevisions } from '../../src/core/revision-vector.ts';
import type { Coverage } from '../../src/model/coverage.ts';
import { readStream } from '../support/stream-reader.ts';
import { machines, namesOf, startStreamSites, type StreamSites } from '../support/stream-sites.ts';

// Subscriptions on two sites of which one loses and gains installations, or is away as a whole.

let both: StreamSites;

beforeAll(async () => {
  both = await startStreamSites({ lyon: ['lyon-a'], oslo: ['oslo-a', 'oslo-b', 'oslo-c'] });
}, 60_000);

afterEach(() => {
  both.adoptOslo('lyon', {});
  both.adoptOslo('oslo', {});
});

afterAll(async () => {
  await both?.[Symbol.asyncDispose]();
});

interface First {
  readonly data: { readonly inventoryChanged: { readonly type: string; readonly resumeToken: string } };
  readonly extensions?: { readonly coverage: { readonly inventoryChanged: Coverage } };
}

const statusesOf = ({ extensions }: First): Readonly<Record<string, string>> =>
  Object.fromEntries((extensions?.coverage.inventoryChanged.sources ?? []).map(({ id, status }) => [id, status]));

const spoil = (kind: 'reset' | 'none'): void => both.wan.forEach((proxy) => proxy.setFault({ kind }));
const installationsOf = (token: string): readonly string[] => Object.keys(decodeRevisions(token));

describe('an installation that joins another site', () => {
  test('is told of with a GAP although nobody has configured it here, and never lost again', async () => {
    both.adoptOslo('lyon', { without: ['oslo-c'] });
    both.adoptOslo('oslo', { without: ['oslo-c'] });
    await using reader = readStream(both.federation(), { query: machines('joins-') });
    expect(installationsOf((await reader.next())!.resumeToken)).toEqual(['lyon-a', 'oslo-a', 'oslo-b']);
    both.adoptOslo('oslo', {});
    const gap = await reader.change();
    expect(gap).toMatchObject({ type: 'GAP', source: 'installation:oslo-c' });
    expect(installationsOf(gap.resumeToken)).toEqual(['lyon-a', 'oslo-a', 'oslo-b', 'oslo-c']);
    await both.add('oslo-c', 'joins-1');
    expect(await namesOf(reader, 1)).toEqual(['joins-1']);
    spoil('reset');
    await both.add('oslo-c', 'joins-2');
    spoil('none');
    const event = await reader.change();
    expect(event).toMatchObject({ node: { name: 'joins-2' } });
    await both.add('oslo-c', 'joins-3');
    const after = event.resumeToken;
    await using resumed = readStream(both.federation(), { query: machines('joins-'), variables: { after } });
    expect(await namesOf(resumed, 1)).toEqual(['joins-3']);
  }, 20_000);

  test('keeps its place in the token after it has left', async () => {
    await using reader = readStream(both.federation(), { query: machines('leaves-') });
    await reader.next();
    both.adoptOslo('oslo', { without: ['oslo-c'] });
    await both.add('oslo-c', 'leaves-1');
    await both.add('oslo-b', 'leaves-2');
    const event = await reader.change();
    expect(event).toMatchObject({ node: { name: 'leaves-2' } });
    expect(installationsOf(event.resumeToken)).toContain('oslo-c');
    both.adoptOslo('oslo', {});
    expect(await namesOf(reader, 1)).toEqual(['leaves-1']);
  });
});

describe('a stream that begins', () => {
  test('without a site that is away names it with its installations, and each of them comes with a GAP', async () => {
    spoil('reset');
    await using reader = readStream(both.federation(), { query: machines('away-') });
    const first = (await reader.result()) as unknown as First;
    expect(statusesOf(first)).toEqual({
      'installation:lyon-a': 'OK',
      'site:oslo': 'UNREACHABLE',
      'installation:oslo-a': 'UNREACHABLE',
      'installation:oslo-b': 'UNREACHABLE',
      'installation:oslo-c': 'UNREACHABLE',
    });
    await both.add('lyon-a', 'away-1');
    expect(await namesOf(reader, 1)).toEqual(['away-1']);
    spoil('none');
    expect((await namesOf(reader, 3)).sort()).toEqual([
      'GAP of installation:oslo-a',
      'GAP of installation:oslo-b',
      'GAP of installation:oslo-c',
    ]);
    await both.add('oslo-b', 'away-2');
    expect(await namesOf(reader, 1)).toEqual(['away-2']);
  }, 20_000);

  test('without an installation of another site says so at once, also to a client who goes on', async () => {
    await using early = readStream(both.federation(), { query: machines('part-') });
    const { resumeToken } = (await early.next())!;
    both.adoptOslo('oslo', { with: 'oslo-x' });
    for (const after of [null, resumeToken]) {
      await using reader = readStream(both.federation(), { query: machines('part-'), variables: { after } });
      const first = (await reader.result()) as unknown as First;
      expect(first.data.inventoryChanged).toMatchObject({ type: 'BOOKMARK', resumeToken: expect.any(String) });
      expect(statusesOf(first)).toEqual({
        'installation:lyon-a': 'OK',
        'site:oslo': 'OK',
        'installation:oslo-a': 'OK',
        'installation:oslo-b': 'OK',
        'installation:oslo-c': 'OK',
        'installation:oslo-x': 'UNREACHABLE',
      });
    }
  });

  test('is refused if all sources are wanted and an installation of another site is away', async () => {
    both.adoptOslo('oslo', { with: 'oslo-x' });
    const query = machines('all-', '@coverage(require: ALL)');
    await using reader = readStream(both.federation(), { query });
    await expect(reader.next()).rejects.toMatchObject([
      { message: expect.stringContaining('oslo-x'), extensions: { code: 'COVERAGE_NOT_MET' } },
    ]);
  });

  test('asks of a site the installations alone that are wanted of it', async () => {
    const query = machines('only-', '@coverage(sources: ["installation:oslo-b", "installation:oslo-x"])');
    both.adoptOslo('oslo', { with: 'oslo-x' });
    both.adoptOslo('lyon', { with: 'oslo-x' });
    await using reader = readStream(both.federation(), { query });
    const first = (await reader.result()) as unknown as First;
    expect(installationsOf(first.data.inventoryChanged.resumeToken)).toEqual(['oslo-b']);
    expect(statusesOf(first)).toEqual({
      'installation:lyon-a': 'SKIPPED',
      'site:oslo': 'OK',
      'installation:oslo-a': 'SKIPPED',
      'installation:oslo-b': 'OK',
      'installation:oslo-c': 'SKIPPED',
      'installation:oslo-x': 'UNREACHABLE',
    });
    await both.add('oslo-a', 'only-1');
    await both.add('lyon-a', 'only-2');
    await both.add('oslo-b', 'only-3');
    expect(await namesOf(reader, 1)).toEqual(['only-3']);
  });

  test('shows at least what its client has seen, at whichever site that was', async () => {
    await using reader = readStream(both.federation('oslo'), { query: machines('least-') });
    await reader.next();
    await both.add('oslo-b', 'least-1');
    const { resumeToken } = await reader.change();
    const query = machines('least-', `@coverage(atLeast: "${resumeToken}")`);
    await using later = readStream(both.federation('lyon'), { query });
    const seen = decodeRevisions(resumeToken)['oslo-b']!.revision;
    const begun = decodeRevisions((await later.next())!.resumeToken)['oslo-b']!.revision;
    expect(begun).toBeGreaterThanOrEqual(seen);
  });
});
