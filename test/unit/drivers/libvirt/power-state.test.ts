import { expect, test } from '@jest/globals';

import { powerStateOf } from '../../../../src/drivers/libvirt/power-state.ts';

test.each([
  [0, 0, false, 'UNKNOWN'],
  [1, 1, false, 'RUNNING'],
  [2, 0, false, 'RUNNING'],
  [3, 1, false, 'PAUSED'],
  [4, 1, false, 'RUNNING'],
  [5, 1, false, 'STOPPED'],
  [5, 3, false, 'CRASHED'],
  [5, 5, true, 'SUSPENDED'],
  [5, 0, true, 'SUSPENDED'],
  [6, 0, false, 'CRASHED'],
  [7, 0, false, 'SUSPENDED'],
  [99, 0, false, 'UNKNOWN'],
])('libvirt’s state %d with reason %d and managed save %s is %s', (state, reason, saved, expected) => {
  expect(powerStateOf({ state, reason }, saved)).toBe(expected);
});
