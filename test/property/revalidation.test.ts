import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { SourceCoverage } from '../../src/model/coverage.ts';
import { type Coverages, timingsOf, validatorOf, withTimings } from '../../src/model/revalidation.ts';

// An answer whose validator is the same may be left out: whoever kept the earlier one, and gets the timings of the later one,
// must come to the very answer that was left out.

const instants = fc.date({ min: new Date(0), max: new Date(2 ** 42), noInvalidDate: true });
const source: fc.Arbitrary<SourceCoverage> = fc.record({
  id: fc.constantFrom('installation:a', 'installation:b', 'site:x'),
  tier: fc.constantFrom('INSTALLATION' as const, 'SITE' as const),
  parent: fc.constantFrom('site:x', null),
  status: fc.constantFrom('OK' as const, 'STALE' as const, 'TIMEOUT' as const),
  message: fc.constantFrom(null, 'too slow'),
  endpoint: fc.constantFrom(null, 'http://a1:4000', 'http://a2:4000'),
  attempts: fc.nat(3),
  latencyMs: fc.option(fc.nat(10_000).map((tenths) => tenths / 10)),
  rows: fc.option(fc.nat(2)),
  unsupportedFields: fc.constantFrom(undefined, ['Host.state'], ['Host.state', 'Host.cpuModel']),
  asOf: fc.option(instants.map((instant) => instant.toISOString())),
});
const coverages: fc.Arbitrary<Coverages> = fc.dictionary(
  fc.constantFrom('a', 'b', '__proto__'),
  fc.record({ complete: fc.boolean(), sources: fc.array(source, { maxLength: 3 }) }),
  { maxKeys: 2, noNullPrototype: true },
);
const content = fc.constantFrom('{"data":{"a":1}}', '{"data":{"a":2}}', '{"data":null}');
const answer = fc.tuple(content, coverages);
/** The same again at another time: only what takes its time is different. */
const later = ([text, before]: readonly [string, Coverages], delayMs: number): readonly [string, Coverages] => [
  text,
  Object.fromEntries(
    Object.entries(before).map(([name, { complete, sources }]) => [
      name,
      { complete, sources: sources.map((one) => ({ ...one, latencyMs: delayMs, endpoint: 'http://a3:4000' })) },
    ]),
  ),
];

describe('an unchanged validator', () => {
  test('means that the kept answer with the present timings is the present answer', () => {
    const pairs = fc.oneof(
      fc.tuple(answer, answer),
      fc.tuple(answer, fc.nat(9_999)).map(([one, delayMs]) => [one, later(one, delayMs)] as const),
    );
    let unchanged = 0;
    fc.assert(
      fc.property(pairs, ([[keptText, kept], [text, present]]) => {
        if (validatorOf(keptText, kept) === validatorOf(text, present)) {
          unchanged += 1;
          expect(keptText).toBe(text);
          expect(withTimings(kept, JSON.parse(JSON.stringify(timingsOf(present))))).toEqual(present);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(unchanged).toBeGreaterThan(300);
  });

  test('is that of every answer that differs in its timings only', () => {
    fc.assert(
      fc.property(answer, fc.nat(9_999), (one, delayMs) => {
        expect(validatorOf(...later(one, delayMs))).toBe(validatorOf(...one));
      }),
    );
  });
});

test('timings of another answer, or what is none at all, are refused', () => {
  const kept: Coverages = { a: { complete: true, sources: [] } };
  for (const timings of [null, 1, {}, { b: [] }, { a: [[1, null, 1, null]] }, { a: 'x' }]) {
    expect(withTimings(kept, timings)).toBeNull();
  }
  const [one] = fc.sample(source, { numRuns: 1, seed: 1 });
  const withOne: Coverages = { a: { complete: true, sources: [one!] } };
  for (const timing of [null, [], ['1', null, 1, null], [1, 2, 1, null], [1, null, 1, 1e300], [1, null, null, null]]) {
    expect(withTimings(withOne, { a: [timing] })).toBeNull();
  }
});
