import { describe, expect, test } from '@jest/globals';

import { areLaterCounts, bulkNewsOf, countParts } from '../../../src/model/bulk.ts';
import type { OperationState } from '../../../src/model/operation.ts';

const parts = (...states: OperationState[]) =>
  states.map((state) => ({ state, progress: state === 'SUCCEEDED' ? 100 : state === 'RUNNING' ? 33.5 : 0 }));

describe('a bulk', () => {
  test.each([
    ['RUNNING', ['SUCCEEDED', 'RUNNING', 'QUEUED'], false],
    ['RUNNING', ['CANCELLED', 'QUEUED'], true],
    ['SUCCEEDED', ['SUCCEEDED', 'SUCCEEDED'], false],
    ['SUCCEEDED', ['SUCCEEDED'], true],
    ['FAILED', ['SUCCEEDED', 'FAILED'], false],
    ['FAILED', ['FAILED', 'FAILED'], true],
    ['CANCELLED', ['SUCCEEDED', 'FAILED', 'CANCELLED'], true],
    ['FAILED', ['SUCCEEDED', 'CANCELLED'], false],
  ] as const)('is %s when its parts are %j (asked to be cancelled: %s)', (state, states, cancelRequested) => {
    expect(bulkNewsOf(countParts(parts(...states)), cancelRequested).state).toBe(state);
  });

  test('counts its parts, and its progress is theirs', () => {
    const counts = countParts(parts('SUCCEEDED', 'RUNNING', 'FAILED', 'CANCELLED'));
    expect(counts).toEqual({ items: 4, progress: 133, succeeded: 1, failed: 1, cancelled: 1 });
    expect(bulkNewsOf(counts, false)).toMatchObject({ progress: 33.25, error: null });
  });

  test('says how many of its parts did not succeed', () => {
    const { error } = bulkNewsOf(countParts(parts('SUCCEEDED', 'FAILED', 'CANCELLED')), false);
    expect(error).toEqual({
      code: 'PARTIAL_FAILURE',
      message: 'Of 3 machines 1 succeeded, 1 failed and 1 were cancelled.',
    });
  });

  test('is later when more has ended, or as much has and more is done', () => {
    const early = countParts(parts('QUEUED', 'QUEUED'));
    const going = countParts(parts('RUNNING', 'QUEUED'));
    const later = countParts(parts('FAILED', 'QUEUED'));
    expect(areLaterCounts(early, null)).toBe(true);
    expect(areLaterCounts(going, early)).toBe(true);
    expect(areLaterCounts(later, going)).toBe(true);
    expect([early, going, later].map((one) => areLaterCounts(one, later))).toEqual([false, false, false]);
  });
});
