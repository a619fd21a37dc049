import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { formatTraceParent, openTrace, parseTraceParent, readTraceState } from '../../src/core/trace.ts';

// The headers of a trace, against whatever may come: what is valid is carried on, what is not begins a new trace, and
// what is sent is always valid.

const hex = (digits: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'.split('')), { minLength: digits, maxLength: digits })
    .map((found) => found.join(''));
const id = (digits: number): fc.Arbitrary<string> => hex(digits).filter((text) => !/^0+$/.test(text));
const parent = fc.record({ traceId: id(32), parentId: id(16), sampled: fc.boolean() });
const random = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
const valid = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]$/;
const draw = (stream: Iterator<number>) => (): number => stream.next().value as number;

describe('traceparent', () => {
  test('says after reading what was written', () => {
    fc.assert(fc.property(parent, (given) => expect(parseTraceParent(formatTraceParent(given))).toEqual(given)));
  });

  test('of a later version is read as far as this one goes', () => {
    const later = hex(2).filter((version) => version !== '00' && version !== 'ff');
    const rest = fc.oneof(fc.constant(''), fc.stringMatching(/^-[a-z0-9-]{0,20}$/));
    fc.assert(
      fc.property(parent, later, rest, (given, version, more) => {
        const text = `${version}${formatTraceParent(given).slice(2)}${more}`;
        expect(parseTraceParent(text)).toEqual(given);
      }),
    );
  });

  test('with anything changed that may not be is no traceparent', () => {
    const spoil = fc.constantFrom<(text: string) => string>(
      (text) => `ff${text.slice(2)}`,
      (text) => `${text}-more`,
      (text) => `${text}0`,
      (text) => text.slice(0, -1),
      (text) => text.slice(1),
      (text) => text.toUpperCase().replace(/^00/, '0A'),
      (text) => text.replaceAll('-', '_'),
      (text) => `${text}, ${text}`,
      (text) => text.replace(/^00-.{32}/, `00-${'0'.repeat(32)}`),
      (text) => text.replace(/.{16}(?=-..$)/, '0'.repeat(16)),
    );
    fc.assert(
      fc.property(parent, spoil, (given, change) => {
        expect(parseTraceParent(change(formatTraceParent(given)))).toBeNull();
      }),
    );
  });
});

describe('a request', () => {
  test('carries on the trace of its caller, each request on its behalf with a span of its own', () => {
    const steady = fc.integer({ min: 1, max: 2 ** 31 });
    fc.assert(
      fc.property(parent, steady, (given, seed) => {
        let count = seed;
        const trace = openTrace({ traceparent: formatTraceParent(given) }, () => (count += 1) / 2 ** 32);
        expect(trace).toMatchObject({ traceId: given.traceId, parentSpanId: given.parentId });
        const [one, other] = [trace.childHeaders(), trace.childHeaders()].map(({ traceparent }) =>
          parseTraceParent(traceparent),
        );
        expect(one).toMatchObject({ traceId: given.traceId, sampled: given.sampled });
        expect(new Set([given.parentId, trace.spanId, one!.parentId, other!.parentId]).size).toBe(4);
      }),
    );
  });

  test('sends valid headers whatever came and whatever chance gives', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.array(fc.string()),
      fc.constant(undefined),
      parent.map(formatTraceParent),
    );
    fc.assert(
      fc.property(anything, anything, random, (traceparent, tracestate, chance) => {
        const trace = openTrace({ traceparent, tracestate }, draw(chance));
        const headers = trace.childHeaders();
        expect(headers.traceparent).toMatch(valid);
        expect(headers.traceparent).toContain(trace.traceId);
        if (headers.tracestate !== undefined) {
          expect(readTraceState(headers.tracestate)).toBe(headers.tracestate);
        }
      }),
    );
  });

  test('whose traceparent is invalid begins a trace and forgets the state of the other one', () => {
    const trace = openTrace({ traceparent: '00-nonsense', tracestate: 'vendor=1' }, Math.random);
    expect(trace.parentSpanId).toBeNull();
    expect(trace.childHeaders()).toEqual({ traceparent: expect.stringMatching(valid) });
  });

  test('begins a valid trace even if chance gives nothing but zeros', () => {
    const { traceId, spanId } = openTrace({}, () => 0);
    expect([traceId, spanId]).toEqual([`${'0'.repeat(31)}1`, `${'0'.repeat(15)}1`]);
  });
});

const member = fc.stringMatching(/^[a-z][a-z0-9_*/-]{0,20}=[!-+\--<>-~]{1,150}$/);
const keyOf = (text: string): string => text.slice(0, text.indexOf('='));
const members = fc.uniqueArray(member, { minLength: 1, maxLength: 32, selector: keyOf });

describe('tracestate', () => {
  test('is forwarded in its order, without blanks, and loses only whole members when it is long', () => {
    fc.assert(
      fc.property(members, fc.constantFrom(',', ', ', ',,', '\t,'), (given, separator) => {
        const forwarded = readTraceState(given.join(separator));
        const kept = forwarded!.split(',');
        expect(kept).toEqual(given.filter((one) => kept.includes(one)));
        expect(forwarded!.length).toBeLessThanOrEqual(512);
        if (given.join(',').length <= 512) {
          expect(kept).toEqual(given);
        }
      }),
    );
  });

  test('that loses members loses the long ones first', () => {
    const long = `b=${'x'.repeat(200)}`;
    const short = Array.from({ length: 10 }, (_, at) => `a${at}=${'y'.repeat(40)}`);
    expect(readTraceState([long, ...short].join(','))).toBe(short.join(','));
  });

  test.each([
    ['a key twice', 'a=1,b=2,a=3'],
    ['a key in capitals', 'A=1'],
    ['no value', 'a='],
    ['no key', '=1'],
    ['no equals sign', 'a'],
    ['two equals signs', 'a=1=2'],
    ['a control character', 'a=1\u0001'],
    ['a character beyond ASCII', 'a=é'],
    ['33 members', Array.from({ length: 33 }, (_, at) => `a${at}=1`).join(',')],
    ['nothing', ' , '],
  ])('with %s is not forwarded', (_, text) => {
    expect(readTraceState(text)).toBeNull();
  });

  test('of a tenant of a vendor is forwarded', () => {
    expect(readTraceState('1tenant@vendor=x y')).toBe('1tenant@vendor=x y');
  });
});
