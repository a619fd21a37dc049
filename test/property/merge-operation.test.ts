import { buildSubgraphSchema } from '@apollo/subgraph';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type FieldNode, type GraphQLObjectType, type OperationDefinitionNode, parse } from 'graphql';

import { encodeRevisions } from '../../src/core/revision-vector.ts';
import { baseSdl } from '../../src/core/sdl.ts';
import { mergeObjects, type Part } from '../../src/merge/strategy.ts';

// Merging an operation of which several installations have a part. Tiers merge what tiers below them have merged, so it
// must not matter in which groups that happens.

const schema = buildSubgraphSchema(parse(baseSdl));
const type = schema.getType('Operation') as GraphQLObjectType;
const fields = `
  id kind state progress itemCount itemProgress succeededCount failedCount cancelledCount targetName cancelRequested
  error { code } createdAt startedAt finishedAt revision
  sw__itemCount: itemCount sw__itemProgress: itemProgress`;
const [{ selectionSet }] = parse(`{ operation(id: "x") { ${fields} } }`).definitions as [OperationDefinitionNode];
const field = { name: 'operation', nodes: selectionSet.selections as readonly FieldNode[] };
const merge = (parts: readonly Part[]): Part =>
  mergeObjects({ schema, fragments: new Map(), variables: {} }, { type, field }, parts);

const states = ['RUNNING', 'QUEUED', 'FAILED', 'CANCELLED', 'SUCCEEDED'];
const instant = fc.option(fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'));
const installation = fc.constantFrom('a', 'b', 'c');
const part: fc.Arbitrary<Part> = fc
  .record({
    state: fc.constantFrom(...states, 'PAUSED', 'HELD', null),
    count: fc.nat({ max: 5 }),
    progress: fc.nat({ max: 500 }),
    succeededCount: fc.option(fc.nat()),
    failedCount: fc.nat(),
    cancelledCount: fc.nat(),
    cancelRequested: fc.boolean(),
    error: fc.option(fc.constantFrom({ code: 'A' }, { code: 'B' })),
    createdAt: instant,
    startedAt: instant,
    finishedAt: instant,
    place: fc.option(fc.record({ installation, revision: fc.nat(), part: fc.nat() })),
  })
  .map(({ count, progress, place, ...rest }) => ({
    ...rest,
    id: 'one',
    kind: 'SET_POWER_STATE_BULK',
    targetName: null,
    progress: count === 0 ? null : progress / count,
    itemCount: count,
    itemProgress: progress,
    sw__itemCount: count,
    sw__itemProgress: progress,
    revision:
      place && encodeRevisions({ [place.installation]: { feed: 'f', revision: place.revision, part: place.part } }),
  }));

test('merging is associative', () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1 }), fc.array(part, { minLength: 1 }), (left, right) => {
      const whole = merge([...left, ...right]);
      expect(merge([merge(left), merge(right)])).toEqual(whole);
      expect(merge([merge(left), ...right])).toEqual(whole);
    }),
  );
});

test('one part alone stays as it is', () => {
  fc.assert(fc.property(part, (one) => expect(merge([one])).toEqual(one)));
});

test('the state that counts most is that of the whole, whatever the order of the parts', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(states, { minLength: 1 }), (some) => {
      const first = states.find((state) => some.includes(state));
      expect(merge(some.map((state) => ({ state })))['state']).toBe(first);
    }),
  );
  expect(merge([{ state: 'NEWER_THAN_THIS_BROKER' }, { state: 'SUCCEEDED' }])['state']).toBe('SUCCEEDED');
});

test('the whole has ended only when every part has', () => {
  const [early, late] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'];
  const ended = (finishedAt: string | null): Part => ({ finishedAt });
  expect(merge([ended(early), ended(null)])['finishedAt']).toBeNull();
  expect(merge([ended(late), ended(early)])['finishedAt']).toBe(late);
});

test('the revision of the whole names the latest place of every installation', () => {
  const at = (place: string, revision: number): Part => ({
    revision: encodeRevisions({ [place]: { feed: 'f', revision, part: 0 } }),
  });
  const both = encodeRevisions({ a: { feed: 'f', revision: 7, part: 0 }, b: { feed: 'f', revision: 3, part: 0 } });
  expect(merge([at('a', 7), at('b', 3), at('a', 5)])['revision']).toBe(both);
});
