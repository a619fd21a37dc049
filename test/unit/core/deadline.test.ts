import { expect, test } from '@jest/globals';

import { abortable } from '../../../src/core/abort.ts';
import { createDeadline, withReserve } from '../../../src/core/deadline.ts';
import { createManualClock } from '../../support/manual-clock.ts';

test('a deadline aborts its signal at its instant', async () => {
  const clock = createManualClock();
  using deadline = createDeadline({ clock, timeoutMs: 100 });
  await clock.advance(99);
  expect(deadline.signal.aborted).toBe(false);
  expect(deadline.remainingMs()).toBe(1);
  await clock.advance(1);
  expect(deadline.signal.reason).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
});

test('a deadline ends with its parent, and keeps no timer once disposed', () => {
  const clock = createManualClock();
  const parent = new AbortController();
  using deadline = createDeadline({ clock, timeoutMs: 100, parent: parent.signal });
  parent.abort(new Error('gone'));
  expect(deadline.signal.reason).toMatchObject({ message: 'gone' });
  deadline[Symbol.dispose]();
  expect(clock.sleepers).toBe(0);
});

test('a reserve of a tenth, at least 50 ms, is kept', () => {
  expect([withReserve(5000), withReserve(100), withReserve(10)]).toEqual([4500, 50, 1]);
});

test('an abortable wait rejects as soon as the signal does', async () => {
  const controller = new AbortController();
  const waiting = abortable(new Promise<void>(() => undefined), controller.signal);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
