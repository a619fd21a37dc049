import { expect, test } from '@jest/globals';

import { type AdmissionLimits, createAdmission } from '../../../src/http/admission.ts';
import { createManualClock, settle } from '../../support/manual-clock.ts';

const { signal } = new AbortController();
const tight: AdmissionLimits = {
  concurrent: { federation: 1, site: 1, installation: 1 },
  queue: { length: 0, waitMs: 100, lastingWaitMs: 50 },
  unsentBytes: 1_000,
};
const admissionOf = (limits: Partial<AdmissionLimits> = {}) =>
  createAdmission({ ...tight, ...limits }, createManualClock());
const overloaded = expect.objectContaining({ code: 'OVERLOADED', retryable: true, status: 503 });
const arriving = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (thrown) {
    return thrown;
  }
};

test('a full tier refuses before the body is read, and the other tier is not touched', async () => {
  const admission = admissionOf();
  const visit = admission.arrive('SITE', 5_000);
  await visit.begin(signal);
  expect(arriving(() => admission.arrive('SITE', 5_000))).toEqual(overloaded);
  await admission.arrive('INSTALLATION', 5_000).begin(signal);
  visit[Symbol.dispose]();
  await settle();
  await admission.arrive('SITE', 5_000).begin(signal);
});

test('slow senders take no places, and there may be only so many of them', async () => {
  const admission = admissionOf();
  const senders = Array.from({ length: 3 }, () => admission.arrive('SITE', 5_000));
  await admission.arrive('SITE', 5_000).begin(signal);
  expect(admission.load.tiers).toEqual([{ tier: 'SITE', arriving: 3, waiting: 0, running: 1, sending: 0 }]);
  senders.forEach((sender) => sender[Symbol.dispose]());
  expect(admission.load.tiers).toMatchObject([{ arriving: 0, running: 1 }]);
  const other = admissionOf();
  Array.from({ length: 4 }, () => other.arrive('SITE', 5_000));
  expect(arriving(() => other.arrive('SITE', 5_000))).toEqual(overloaded);
});

test('an answer that is being sent has no place any more, but its bytes are counted until it is sent', async () => {
  const admission = admissionOf();
  const visit = admission.arrive('SITE', 5_000);
  await visit.begin(signal);
  visit.finish(1_000);
  await settle();
  expect(admission.load).toMatchObject({ unsentBytes: 1_000, tiers: [{ running: 0, sending: 1 }] });
  expect(arriving(() => admission.arrive('INSTALLATION', 5_000))).toEqual(overloaded);
  visit[Symbol.dispose]();
  visit[Symbol.dispose]();
  expect(admission.load).toMatchObject({ unsentBytes: 0, tiers: [{ running: 0, sending: 0 }, {}] });
  admission.arrive('INSTALLATION', 5_000);
});

test.each([
  ['SITE', 50],
  ['INSTALLATION', 1],
] as const)('at tier %s a request with %i ms left is refused at once', (tier, timeoutMs) => {
  const hopeless = arriving(() => admissionOf().arrive(tier, timeoutMs));
  expect(hopeless).toMatchObject({ code: 'DEADLINE_EXCEEDED', message: `No answer within ${timeoutMs} ms.` });
  expect(admissionOf().arrive(tier, timeoutMs + 50)).toBeDefined();
});
