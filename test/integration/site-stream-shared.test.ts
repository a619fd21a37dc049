import { afterEach, expect, test } from '@jest/globals';

import { encodeId } from '../../src/core/ids.ts';
import { decodeRevisions } from '../../src/core/revision-vector.ts';
import type { Operation } from '../../src/model/operation.ts';
import { bulkIdOf } from '../../src/model/operation-list.ts';
import { createRecordingOperations, operation } from '../support/operation.ts';
import { startStreamSite, type StreamSite } from '../support/stream-site.ts';

// The stream of one operation: of its owner, or for a bulk of all installations that have a part of it, merged.

let site: StreamSite;

afterEach(async () => site?.[Symbol.asyncDispose]());

const counts = (succeeded: number) => ({ items: 2, progress: succeeded * 100, succeeded, failed: 0, cancelled: 0 });
const part = (succeeded: number, state: Operation['state']): Operation =>
  operation({ localId: 'o1', kind: 'SET_POWER_STATE_BULK', state, counts: counts(succeeded), revision: 0 });
const begun = part(0, 'RUNNING');
const halfway = part(1, 'RUNNING');
const done = part(2, 'SUCCEEDED');

const start = async (parts: Readonly<Record<string, Operation | null>>) => {
  const operations = Object.entries(parts).map(
    ([id, known]) => [id, createRecordingOperations(known ? [known] : [])] as const,
  );
  site = await startStreamSite({ a: ['a-1'], b: ['b-1'], c: ['c-1'] }, { operations: Object.fromEntries(operations) });
};

const change = (installation: string, before: Operation, after: Operation): number =>
  site.installations[installation]!.log.append({ kind: 'Operation', localId: 'o1', before, after });

const text = `subscription ($id: ID!, $after: String) {
  operationUpdated(id: $id, after: $after) {
    type resumeToken operation { id state progress itemCount succeededCount }
  }
}`;
const id = bulkIdOf('o1');

test('a bulk is told of as one operation, from all its parts, and ends when they have', async () => {
  await start({ a: begun, b: begun, c: null });
  const reader = await site.follow(text, { variables: { id } });
  const first = await reader.next();
  expect(first).toMatchObject({
    type: 'ADDED',
    operation: { id, state: 'RUNNING', progress: 0, itemCount: 4, succeededCount: 0 },
  });
  expect(Object.keys(first!['operation'])).toEqual(['id', 'state', 'progress', 'itemCount', 'succeededCount']);
  change('a', begun, halfway);
  expect(await reader.next()).toMatchObject({ type: 'MODIFIED', operation: { progress: 25, succeededCount: 1 } });
  change('b', begun, done);
  expect(await reader.next()).toMatchObject({ operation: { state: 'RUNNING', progress: 75, succeededCount: 3 } });
  change('a', halfway, done);
  expect(await reader.next()).toMatchObject({ operation: { state: 'SUCCEEDED', progress: 100, succeededCount: 4 } });
  expect(await reader.next()).toBeNull();
});

test('a client that goes on after a token gets what changed since, of the whole bulk', async () => {
  await start({ a: begun, b: begun, c: null });
  const reader = await site.follow(text, { variables: { id } });
  const { resumeToken: after } = (await reader.next())!;
  expect(Object.keys(decodeRevisions(after))).toEqual(['a', 'b', 'c']);
  reader.stop();
  const resumed = await site.follow(text, { variables: { id, after } });
  change('b', begun, halfway);
  expect(await resumed.next()).toMatchObject({ operation: { itemCount: 4, progress: 25, succeededCount: 1 } });
  resumed.stop();
});

test('a bulk whose parts have all ended is told once, and the stream ends', async () => {
  await start({ a: done, b: done, c: null });
  const reader = await site.follow(text, { variables: { id } });
  expect(await reader.next()).toMatchObject({ operation: { state: 'SUCCEEDED', itemCount: 4 } });
  expect(await reader.next()).toBeNull();
});

test('a bulk is told of without the installation that is away', async () => {
  await start({ a: begun, b: begun, c: begun });
  site.proxies['c-1']!.setFault({ kind: 'reset' });
  const reader = await site.follow(text, { variables: { id } });
  expect(await reader.next()).toMatchObject({ operation: { itemCount: 4 } });
  site.proxies['c-1']!.setFault({ kind: 'none' });
  expect(await reader.next()).toMatchObject({ operation: { itemCount: 6 } });
  reader.stop();
});

test('an operation of one installation is followed there alone', async () => {
  await start({ a: null, b: operation({ localId: 'o1', state: 'RUNNING', revision: 0 }), c: null });
  const own = encodeId({ type: 'Operation', installation: 'b', localId: 'o1' });
  const reader = await site.follow(text, { variables: { id: own } });
  expect(await reader.next()).toMatchObject({ type: 'ADDED', operation: { id: own, state: 'RUNNING' } });
  expect(site.counted.running).toBe(1);
  const before = operation({ localId: 'o1', state: 'RUNNING' });
  change('b', before, { ...before, state: 'SUCCEEDED' });
  expect(await reader.next()).toMatchObject({ operation: { state: 'SUCCEEDED' } });
  expect(await reader.next()).toBeNull();
});

test('an id of an installation that is not there is refused', async () => {
  await start({ a: null, b: null, c: null });
  const elsewhere = encodeId({ type: 'Operation', installation: 'x', localId: 'o1' });
  await expect(site.follow(text, { variables: { id: elsewhere } })).rejects.toMatchObject({
    code: 'UNKNOWN_INSTALLATION',
  });
  const wrong = encodeId({ type: 'Host', installation: 'b', localId: 'h1' });
  const { refusal } = await site.follow(text, { variables: { id: wrong } });
  expect(refusal?.errors).toMatchObject([{ extensions: { code: 'INVALID_ID' } }]);
});
