import { describe, expect, test } from '@jest/globals';

import type { Place } from '../../../src/core/revision-vector.ts';
import type { FeedLog } from '../../../src/inventory/feed-log.ts';
import { createSnapshot } from '../../../src/inventory/snapshot.ts';
import type { CoverageWanted } from '../../../src/model/coverage.ts';
import { inventory, vm } from '../../support/builders.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createMemoryLog } from '../../support/memory-log.ts';
import { createRecordingOperations } from '../../support/operation.ts';
import { askSchema, idOf, schemaOf, stateOf } from '../../support/subgraph.ts';

const clock = createManualClock();
const machines = (...names: readonly string[]) => inventory({ VirtualMachine: names.map((name) => vm({ name })) });

/** A broker at revision 3 of its feed; being asked to reach more, it reaches up to `reachable`. */
function behind(reachable: number, log: Partial<FeedLog> | null = {}, operations = createRecordingOperations()) {
  const place = { feed: 'f', part: 0 };
  let snapshot = createSnapshot('a', machines('x', 'y')).at(3);
  const reached: Place[] = [];
  const feedLog: FeedLog = {
    ...createMemoryLog(),
    place: () => ({ ...place, revision: snapshot.revision }),
    reach(wanted) {
      reached.push(wanted);
      snapshot = snapshot.replace(machines('x', 'y', 'z')).at(Math.min(wanted.revision, reachable));
      return Promise.resolve(wanted.revision <= reachable);
    },
    ...log,
  };
  const schema = schemaOf({
    current: () => stateOf(snapshot),
    clock,
    operations,
    ...(log !== null && { log: feedLog }),
  });
  const ask = (source: string, wanted: Partial<CoverageWanted> = {}) => askSchema(schema, clock, { source, wanted });
  return { ask, reached };
}

const atLeast = (revision: number, feed = 'f'): Partial<CoverageWanted> => ({
  atLeast: { a: { feed, revision, part: 0 } },
});

describe('a caller who has seen a revision', () => {
  test('is answered once the broker has seen it too, which it waits for once', async () => {
    const { ask, reached } = behind(5);
    const { data, coverage } = await ask('{ a: virtualMachines { totalCount } b: hosts { totalCount } }', atLeast(5));
    expect(data.a).toEqual({ totalCount: 3 });
    expect(coverage.a).toMatchObject({ complete: true });
    expect(reached).toHaveLength(1);
  });

  test('is told that the answer is old where the broker stays behind', async () => {
    const { ask } = behind(4);
    const id = idOf('VirtualMachine', 'x');
    const { data, coverage } = await ask(
      `{ node(id: "${id}") { id } virtualMachines { totalCountRelation } }`,
      atLeast(5),
    );
    expect(data).toEqual({ node: { id }, virtualMachines: { totalCountRelation: 'AT_LEAST' } });
    const message = 'this broker has not seen revision 5 yet; it is at 4';
    expect(coverage.node).toMatchObject({ complete: false, sources: [{ status: 'STALE', message }] });
    expect(coverage.virtualMachines).toMatchObject({ sources: [{ status: 'STALE', message }] });
  });

  test('is refused an old answer where all is required', async () => {
    const { errors } = await behind(4).ask('{ hosts { totalCount } }', { ...atLeast(5), require: 'ALL' });
    expect(errors[0]?.extensions.code).toBe('COVERAGE_NOT_MET');
  });

  test('is told that it cannot be compared where the feed is another one, or where there is none', async () => {
    const other = await behind(5, { reach: () => Promise.resolve(true) }).ask(
      '{ hosts { totalCount } }',
      atLeast(1, 'g'),
    );
    expect(other.coverage.hosts).toMatchObject({
      sources: [{ message: 'what is wanted is of an earlier life of the feed' }],
    });
    const none = await behind(5, null).ask('{ hosts { totalCount } }', atLeast(1));
    expect(none.coverage.hosts).toMatchObject({ complete: false, sources: [{ status: 'STALE' }] });
  });

  test('has a change checked against nothing older', async () => {
    const operations = createRecordingOperations();
    const id = idOf('VirtualMachine', 'z');
    const text = `mutation { setPowerState(input: { id: "${id}", action: START }) { userErrors { code } } }`;
    const { reached, ask } = behind(5, {}, operations);
    expect((await ask(text, atLeast(5))).errors).toEqual([]);
    expect(reached).toMatchObject([{ revision: 5 }]);
    const refused = await behind(4, {}, operations).ask(text, { ...atLeast(5), require: 'ALL' });
    expect(refused.errors[0]?.extensions.code).toBe('COVERAGE_NOT_MET');
    expect(operations.asked).toHaveLength(1);
  });

  test('of another installation waits for nothing', async () => {
    const { ask, reached } = behind(5);
    await ask('{ hosts { totalCount } }', { atLeast: { b: { feed: 'f', revision: 9, part: 0 } } });
    expect(reached).toEqual([]);
  });
});

describe('the next page of a list', () => {
  const page = (after: string): string =>
    `{ virtualMachines(first: 1, after: "${after}") { totalCount pageInfo { endCursor } } }`;

  test('is never of an older state than the page before it', async () => {
    const newer = behind(5);
    const text = '{ virtualMachines(first: 1) { pageInfo { endCursor } } }';
    const { data } = await newer.ask(text, atLeast(5));
    const cursor: string = data.virtualMachines.pageInfo.endCursor;
    const older = behind(5);
    expect((await older.ask(page(cursor))).data.virtualMachines.totalCount).toBe(3);
    expect(older.reached).toMatchObject([{ revision: 5 }]);
    const { coverage } = await behind(4).ask(page(cursor));
    expect(coverage.virtualMachines).toMatchObject({ sources: [{ status: 'STALE' }] });
  });

  test('waits for nothing where brokers number their revisions for themselves', async () => {
    const { data } = await behind(5).ask('{ virtualMachines(first: 1) { pageInfo { endCursor } } }', atLeast(5));
    const { coverage } = await behind(5, null).ask(page(data.virtualMachines.pageInfo.endCursor as string));
    expect(coverage.virtualMachines).toMatchObject({ complete: true });
  });
});
