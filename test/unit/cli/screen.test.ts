import { describe, expect, test } from '@jest/globals';

import { screenOf } from '../../../src/cli/output/screen.ts';

const table = ['NAME', 'web-1', 'web-2', 'web-3', 'web-4'];

describe('a page on a terminal', () => {
  test('is shown whole if there is room', () => {
    expect(screenOf(table, ['coverage: complete'], { columns: 80, rows: 24 })).toEqual([
      ...table,
      '',
      'coverage: complete',
    ]);
  });

  test('says how much of it is left out, and never what is said about it', () => {
    const lines = screenOf(table, ['coverage: partial'], { columns: 80, rows: 7 });
    expect(lines).toEqual(['NAME', 'web-1', 'web-2', '… 2 more lines', '', 'coverage: partial']);
    expect(lines.length).toBeLessThan(7);
  });

  test('has lines that fit', () => {
    const lines = screenOf(['x'.repeat(30)], ['coverage: partial, b PENDING'], { columns: 10, rows: 24 });
    expect(lines.every((line) => line.length <= 10)).toBe(true);
    expect(lines.slice(2).join('')).toBe('coverage: partial, b PENDING');
  });
});
