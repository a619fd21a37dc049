import { expect, test } from '@jest/globals';

import type { SitewideError } from '../../../src/core/errors.ts';
import { createRates, type PrincipalLimits, type Rates } from '../../../src/http/rates.ts';
import { anonymous } from '../../../src/model/principal.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';

const address = '192.0.2.1';
const alice = { principal: { ...anonymous, subject: 'alice' }, address };
const stranger = { principal: anonymous, address };

function ratesOf(limits: Partial<PrincipalLimits>) {
  const clock = createManualClock();
  const logger = createRecordingLogger();
  const all = { requestsPerSecond: 10, burst: 100, concurrent: 100, ...limits };
  return { clock, logger, rates: createRates({ limits: all, clock, logger }) };
}

function refusalOf(rates: Rates, asking: Parameters<Rates['enter']>[0]): string | null {
  try {
    rates.enter(asking);
    return null;
  } catch (thrown) {
    expect((thrown as SitewideError).code).toBe('RATE_LIMITED');
    return (thrown as SitewideError).message;
  }
}

test('who asks more often than allowed is refused until some time has passed, and nobody else with them', async () => {
  const { clock, rates } = ratesOf({ requestsPerSecond: 2, burst: 2 });
  expect([refusalOf(rates, alice), refusalOf(rates, alice)]).toEqual([null, null]);
  expect(refusalOf(rates, alice)).toBe('You may ask 2 times a second; ask again in 500 ms.');
  expect(refusalOf(rates, { ...alice, principal: { ...alice.principal, subject: 'bob' } })).toBeNull();
  await clock.advance(500);
  expect(refusalOf(rates, alice)).toBeNull();
});

test('the same name from another site is somebody else', () => {
  const { rates } = ratesOf({ burst: 1 });
  expect(refusalOf(rates, alice)).toBeNull();
  expect(refusalOf(rates, { ...alice, principal: { ...alice.principal, site: 'oslo' } })).toBeNull();
});

test('more requests under way than allowed are refused until one ends', () => {
  const { rates } = ratesOf({ concurrent: 1 });
  const first = rates.enter(alice);
  expect(refusalOf(rates, alice)).toContain('have 1 requests under way');
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  rates.enter(alice);
  expect(refusalOf(rates, alice)).toContain('have 1 requests under way');
});

test('whoever does not say who they are is counted by address', () => {
  const { rates } = ratesOf({ burst: 1 });
  expect(refusalOf(rates, stranger)).toBeNull();
  expect(refusalOf(rates, stranger)).not.toBeNull();
  expect(refusalOf(rates, { ...stranger, address: '192.0.2.2' })).toBeNull();
});

test('other brokers and this machine itself are not counted', () => {
  const { rates } = ratesOf({ burst: 1 });
  const part = { ...alice, isPart: true };
  const local = { ...stranger, address: '127.0.0.1' };
  expect([part, part, local, local].map((asking) => refusalOf(rates, asking))).toEqual([null, null, null, null]);
});

test('the log hears once a minute of who asks too much', async () => {
  const { clock, logger, rates } = ratesOf({ burst: 1, requestsPerSecond: 1 });
  rates.enter(alice);
  refusalOf(rates, alice);
  refusalOf(rates, alice);
  expect(logger.lines).toHaveLength(1);
  await clock.advance(60_000);
  rates.enter(alice);
  refusalOf(rates, alice);
  expect(logger.lines.map(({ facts }) => facts['refused'])).toEqual([1, 2]);
});

test('however many ask, the memory of them stays bounded', () => {
  const { rates } = ratesOf({ burst: 1 });
  expect(refusalOf(rates, alice)).toBeNull();
  for (let nth = 0; nth < 10_000; nth += 1) {
    rates.enter({ principal: { ...anonymous, subject: `user-${nth}` }, address });
  }
  expect(refusalOf(rates, alice)).toBeNull();
});
