import { expect, test } from '@jest/globals';

import { createStreamQueue } from '../../../src/gateway/stream-queue.ts';
import type { SourceEvent } from '../../../src/gateway/stream-event.ts';
import { createManualClock, settle } from '../../support/manual-clock.ts';

const never = new AbortController().signal;
const event = (revision: number, type = 'ADDED', installation = 'a'): SourceEvent => ({
  source: `installation:${installation}`,
  installation,
  type,
  places: { [installation]: { feed: 'f', revision, part: 0 } },
  value: {},
  errors: [],
});

const open = () => {
  const clock = createManualClock();
  return { clock, queue: createStreamQueue(clock) };
};

test('what came is taken in its order, and an end comes after it', async () => {
  const { queue } = open();
  queue.push(event(1));
  queue.push(event(2));
  queue.close();
  expect(await queue.take(null, never)).toMatchObject({ places: { a: { revision: 1 } } });
  expect(await queue.take(null, never)).toMatchObject({ places: { a: { revision: 2 } } });
  expect(await queue.take(null, never)).toBeNull();
});

test('a failure is thrown once everything before it was taken', async () => {
  const { queue } = open();
  queue.push(event(1));
  queue.fail(new Error('wrong'));
  expect(await queue.take(null, never)).toMatchObject({ places: { a: { revision: 1 } } });
  await expect(queue.take(null, never)).rejects.toThrow('wrong');
});

test('a reader who waits is woken by an event, by the time, or by its signal', async () => {
  const { clock, queue } = open();
  const woken = queue.take(null, never);
  queue.push(event(1));
  expect(await woken).toMatchObject({ type: 'ADDED' });
  const due = queue.take(1_000, never);
  await clock.advance(1_000);
  expect(await due).toBe('due');
  const stop = new AbortController();
  const stopped = queue.take(1_000, stop.signal);
  stop.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
  await settle();
  expect(clock.sleepers).toBe(0);
});

test('a full queue has room again only when it is nearly empty', async () => {
  const { queue } = open();
  for (let revision = 1; revision <= 256; revision += 1) {
    expect(queue.isFull).toBe(false);
    queue.push(event(revision));
  }
  expect(queue.isFull).toBe(true);
  let hasRoom = false;
  void queue.room(never).then(() => (hasRoom = true));
  for (let taken = 0; taken < 223; taken += 1) {
    await queue.take(null, never);
  }
  await settle();
  expect([hasRoom, queue.isFull]).toEqual([false, true]);
  await queue.take(null, never);
  await settle();
  expect([hasRoom, queue.isFull]).toEqual([true, false]);
});

test('of a source that has nothing to tell only the last place is kept', async () => {
  const { queue } = open();
  queue.push(event(1, 'BOOKMARK'));
  queue.push(event(2, 'BOOKMARK'));
  queue.push(event(7, 'BOOKMARK', 'b'));
  queue.close();
  expect(await queue.take(null, never)).toMatchObject({ places: { a: { revision: 2 } } });
  expect(await queue.take(null, never)).toMatchObject({ installation: 'b' });
  expect(await queue.take(null, never)).toBeNull();
});
