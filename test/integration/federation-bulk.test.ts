import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { bulkIdOf } from '../../src/model/operation-list.ts';
import { type ChangeableSites, installations, startChangeableSites } from '../support/changeable-sites.ts';
import { type Answer, ask, query } from '../support/graphql.ts';

// Bulks over two sites: tried everywhere before anything is changed, carried out once, followed and cancelled from either.

let sites: ChangeableSites;

beforeAll(async () => {
  sites = await startChangeableSites(12);
}, 120_000);

afterEach(async () => {
  await sites.mend();
});

afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
});

interface Payload {
  readonly operation: { readonly id: string; readonly itemCount: number; readonly state: string } | null;
  readonly userErrors: readonly { readonly code: string; readonly field: string | null; readonly message: string }[];
  readonly targetCount: number | null;
  readonly preview: readonly string[] | null;
  readonly coverage: { readonly complete: boolean; readonly sources: readonly { id: string; status: string }[] } | null;
}

const create = `mutation B($input: CreateSnapshotBulkInput!) {
  createSnapshotBulk(input: $input) {
    operation { id state itemCount } userErrors { code field message } preview targetCount
    coverage { complete sources { id status message } }
  }
}`;

async function bulk(site: 'lyon' | 'oslo', input: Record<string, unknown>): Promise<Payload> {
  const { createSnapshotBulk } = await ask<{ createSnapshotBulk: Payload }>(sites.at(site), create, { input });
  return createSnapshotBulk;
}

/** How many snapshots have been made everywhere. */
async function snapshotEffects(): Promise<number> {
  const all = await Promise.all(installations.map((installation) => sites.effects(installation)));
  return all.flat().filter(({ kind }) => kind === 'CREATE_SNAPSHOT').length;
}

describe('a bulk over sites', () => {
  test('says before anything is changed what it would do everywhere, and how much is too much', async () => {
    const before = await snapshotEffects();
    const name = randomUUID();
    const tried = await bulk('lyon', { filter: {}, name, dryRun: true });
    expect(tried).toMatchObject({ operation: null, userErrors: [], targetCount: 36, coverage: { complete: true } });
    expect(tried.preview).toHaveLength(36);
    const refused = await bulk('lyon', { filter: {}, name, maxTargets: 35 });
    expect(refused.operation).toBeNull();
    expect(refused.userErrors).toEqual([
      {
        code: 'TOO_MANY_TARGETS',
        field: 'input.maxTargets',
        message:
          'The filter meets 36 machines, and maxTargets allows 35: ' +
          '12 at installation:lyon-a, 12 at installation:lyon-b, 12 at site:oslo.',
      },
    ]);
    const nothing = await bulk('oslo', { filter: { name: { eq: 'nobody' } }, name });
    expect(nothing).toMatchObject({ operation: null, userErrors: [{ code: 'NOTHING_MATCHED' }] });
    expect(await snapshotEffects()).toBe(before);
  });

  test('is one operation for all, and the same key at any site does nothing twice', async () => {
    const before = await snapshotEffects();
    const input = { filter: {}, name: randomUUID(), idempotencyKey: randomUUID() };
    const first = await bulk('lyon', input);
    expect(first).toMatchObject({ userErrors: [], targetCount: 36, coverage: { complete: true } });
    const again = await bulk('oslo', input);
    expect(again.operation!.id).toBe(first.operation!.id);
    for (const site of ['lyon', 'oslo'] as const) {
      expect(await sites.ended(site, first.operation!.id)).toEqual({
        state: 'SUCCEEDED',
        itemCount: 36,
        succeededCount: 36,
      });
    }
    const parts = await ask<{ operations: { totalCount: number } }>(
      sites.at('oslo'),
      'query P($id: ID!) { operations(filter: { parentId: { eq: $id } }) { totalCount } }',
      { id: first.operation!.id },
    );
    expect(parts.operations.totalCount).toBe(36);
    expect(await bulk('oslo', input)).toMatchObject({ operation: { id: first.operation!.id, itemCount: 36 } });
    expect(await snapshotEffects()).toBe(before + 36);
    const other = await bulk('oslo', { ...input, filter: { name: { contains: '-' } } });
    expect(other).toMatchObject({ operation: null, userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
  });

  test('that cannot reach a site says so, and the same request later does what is missing', async () => {
    const before = await snapshotEffects();
    const input = { filter: {}, name: randomUUID(), idempotencyKey: randomUUID() };
    sites.cut();
    const first = await bulk('lyon', input);
    expect(first).toMatchObject({ userErrors: [], targetCount: 24, coverage: { complete: false } });
    expect(first.coverage!.sources).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 'site:oslo', status: 'UNREACHABLE' })]),
    );
    await sites.mend();
    expect(await bulk('lyon', input)).toMatchObject({ targetCount: 36, coverage: { complete: true } });
    expect(await sites.ended('oslo', first.operation!.id)).toMatchObject({ state: 'SUCCEEDED', succeededCount: 36 });
    expect(await snapshotEffects()).toBe(before + 36);
  });

  test('that wants all sites is refused before anything is changed if one is away', async () => {
    const before = await snapshotEffects();
    sites.cut();
    const { data, errors } = await query(
      sites.at('lyon'),
      `mutation B($input: CreateSnapshotBulkInput!) @coverage(require: ALL) {
        createSnapshotBulk(input: $input) { operation { id } }
      }`,
      { input: { filter: {}, name: randomUUID() } },
    );
    expect(data).toEqual({ createSnapshotBulk: null });
    expect(errors).toMatchObject([{ extensions: { code: 'COVERAGE_NOT_MET', accepted: 'NO' } }]);
    const alone = await query(
      sites.at('lyon'),
      `mutation B($input: CreateSnapshotBulkInput!) { createSnapshotBulk(input: $input) { operation { id } } }`,
      { input: { filter: { site: { eq: 'oslo' } }, name: randomUUID(), idempotencyKey: 'alone' } },
    );
    expect(alone.errors).toMatchObject([{ extensions: { code: 'NO_SOURCE_ANSWERED', idempotencyKey: 'alone' } }]);
    expect(await snapshotEffects()).toBe(before);
  });

  test('of one site is done there alone, whoever is asked', async () => {
    const [far, near] = [(await sites.effects('oslo-a')).length, (await sites.effects('lyon-a')).length];
    const done = await bulk('lyon', { filter: { site: { eq: 'oslo' } }, name: randomUUID() });
    expect(done).toMatchObject({ userErrors: [], targetCount: 12, operation: { itemCount: 12 } });
    expect(Object.fromEntries(done.coverage!.sources.map(({ id, status }) => [id, status]))).toEqual({
      'installation:lyon-a': 'SKIPPED',
      'installation:lyon-b': 'SKIPPED',
      'installation:oslo-a': 'OK',
      'site:oslo': 'OK',
    });
    expect(await sites.ended('lyon', done.operation!.id)).toMatchObject({ state: 'SUCCEEDED' });
    expect((await sites.effects('oslo-a')).length - far).toBe(12);
    expect((await sites.effects('lyon-a')).length).toBe(near);
  });

  test('is cancelled at all sites from any of them, and one that nobody knows at none', async () => {
    const { operation } = await bulk('oslo', { filter: {}, name: randomUUID() });
    const text = `mutation C($id: ID!) {
      cancelOperation(input: { id: $id }) { operation { id cancelRequested itemCount } userErrors { code } }
    }`;
    const { data, errors } = await query<{ cancelOperation: unknown }>(sites.at('lyon'), text, { id: operation!.id });
    expect(errors).toEqual([]);
    expect(data!.cancelOperation).toMatchObject({ operation: { id: operation!.id, itemCount: 36 } });
    await sites.ended('lyon', operation!.id);
    const unknown: Answer<{ cancelOperation: unknown }> = await query(sites.at('lyon'), text, {
      id: bulkIdOf('nothing'),
    });
    expect(unknown.data).toEqual({ cancelOperation: { operation: null, userErrors: [{ code: 'NOT_FOUND' }] } });
  });
});
