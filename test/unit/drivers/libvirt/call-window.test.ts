import { describe, expect, test } from '@jest/globals';

import { createCallWindow } from '../../../../src/drivers/libvirt/call-window.ts';

const never = new AbortController().signal;

describe('a call window', () => {
  test('admits as many as it has places, and the others in their order', async () => {
    const window = createCallWindow(2);
    const admitted: number[] = [];
    const calls = [1, 2, 3, 4].map((n) => window.acquire(never).then(() => admitted.push(n)));
    await Promise.all(calls.slice(0, 2));
    expect(admitted).toEqual([1, 2]);
    window.release();
    await calls[2];
    window.release();
    await calls[3];
    expect(admitted).toEqual([1, 2, 3, 4]);
  });

  test('lets one that gives up leave the line, and the place goes to the next', async () => {
    const window = createCallWindow(1);
    await window.acquire(never);
    const controller = new AbortController();
    const leaving = window.acquire(controller.signal);
    const staying = window.acquire(never);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(leaving).rejects.toBe(reason);
    window.release();
    await expect(staying).resolves.toBeUndefined();
  });

  test('refuses all when it closes', async () => {
    const window = createCallWindow(1);
    await window.acquire(never);
    const waiting = window.acquire(never);
    const error = new Error('lost');
    window.close(error);
    await expect(waiting).rejects.toBe(error);
    await expect(window.acquire(never)).rejects.toBe(error);
  });
});
