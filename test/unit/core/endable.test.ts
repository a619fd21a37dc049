import { expect, test } from '@jest/globals';

import { abortable } from '../../../src/core/abort.ts';
import { endable } from '../../../src/core/endable.ts';

const never = new Promise<never>(() => undefined);

test('a stream that waits ends when its reader is done with it, and what it waits for ends too', async () => {
  const ended = Promise.withResolvers<string>();
  const stream = endable(new AbortController().signal, async function* (signal) {
    try {
      yield 1;
      await abortable(never, signal);
    } finally {
      ended.resolve('ended');
    }
  });
  expect(await stream.next()).toEqual({ done: false, value: 1 });
  const waiting = stream.next();
  expect(await stream.return()).toEqual({ done: true, value: undefined });
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(await ended.promise).toBe('ended');
});

test('a stream ends when its signal aborts, even if what it waits for does not', async () => {
  const stop = new AbortController();
  const stream = endable(stop.signal, async function* () {
    await never;
    yield 1;
  });
  const waiting = stream.next();
  stop.abort(new Error('enough'));
  expect(await waiting).toEqual({ done: true, value: undefined });
});

test('what goes wrong in a stream is an error, and its end', async () => {
  const stream = endable(new AbortController().signal, async function* () {
    yield await Promise.reject<number>(new Error('broken'));
  });
  await expect(stream.next()).rejects.toThrow('broken');
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});
