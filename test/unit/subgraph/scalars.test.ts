import { describe, expect, test } from '@jest/globals';

import { dateTimeScalar, longScalar } from '../../../src/subgraph/scalars.ts';

describe('a DateTime', () => {
  test.each([
    ['2026-03-01T12:00:00Z', Date.UTC(2026, 2, 1, 12)],
    ['2026-03-01T12:00:00.5+02:30', Date.UTC(2026, 2, 1, 9, 30, 0, 500)],
    ['2024-02-29t00:00:00.123456z', Date.UTC(2024, 1, 29, 0, 0, 0, 123)],
  ])('reads %s', (text, milliseconds) => {
    expect(dateTimeScalar.parseValue(text)).toBe(milliseconds);
  });

  test.each(['2026-02-30T00:00:00Z', '2026-03-01', '2026-03-01T12:00:00', '2026-03-01T25:00:00Z', 'now', 0, null])(
    'refuses %p',
    (value) => {
      expect(() => dateTimeScalar.parseValue(value)).toThrow(/DateTime is RFC 3339 text/);
    },
  );

  test('is written in UTC with milliseconds', () => {
    expect(dateTimeScalar.serialize(0)).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('a Long', () => {
  test('holds 53 bits and no more', () => {
    expect(longScalar.parseValue(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => longScalar.parseValue(2 ** 53)).toThrow(/Long is a whole number/);
  });

  test.each([0.5, '1', NaN, true])('refuses %p', (value) => {
    expect(() => longScalar.parseValue(value)).toThrow(/Long is a whole number/);
  });
});
