import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { encodeRevisions } from '../../../src/core/revision-vector.ts';
import {
  bulk,
  type BulkInput,
  type BulkSite,
  everything,
  id,
  type Installation,
  payload,
  startBulkSite,
} from '../../support/bulk-site.ts';

// What a change of many machines of a whole site does, and what it says of it.

let bulkSite: BulkSite;
let installations: readonly Installation[];
let site: BulkSite['site'];
let ask: BulkSite['ask'];

beforeEach(async () => {
  bulkSite = await startBulkSite();
  ({ installations, site, ask } = bulkSite);
});
afterEach(async () => {
  await bulkSite[Symbol.asyncDispose]();
});

test('a bulk is one operation of all installations, whose parts are merged', async () => {
  const answer = await ask();
  expect(answer.errors).toEqual([]);
  expect(payload(answer)).toEqual({
    operation: {
      id,
      state: 'RUNNING',
      progress: 500 / 6,
      succeededCount: 5,
      revision: encodeRevisions({
        a: { feed: 'feed-a', revision: 1, part: 0 },
        b: { feed: 'feed-b', revision: 2, part: 0 },
        c: { feed: 'feed-c', revision: 3, part: 0 },
      }),
    },
    userErrors: [],
    preview: null,
    targetCount: 6,
    coverage: {
      complete: true,
      sources: ['a', 'b', 'c'].map((name) => ({ id: `installation:${name}`, status: 'OK' })),
    },
  });
  expect(installations.map(({ part }) => part)).toEqual(
    [1, 2, 3].map((count) => ({ key: 'k', id, count, cancelled: false })),
  );
});

test('each installation is first asked what it would do, and may then change no more than that', async () => {
  await ask({ max: 50 });
  const inputs = installations.map(({ broker }) => broker.asked.map(({ variables }) => variables['sw__input']));
  expect(inputs[1]).toMatchObject([
    { dryRun: true, maxTargets: 50, idempotencyKey: 'k', operationId: id },
    { dryRun: false, maxTargets: 2, idempotencyKey: 'k', operationId: id },
  ]);
});

test('an installation without a match takes no part', async () => {
  installations[0]!.machines = 0;
  const answer = await ask();
  expect(payload(answer)).toMatchObject({ targetCount: 5, userErrors: [], coverage: { complete: true } });
  expect(installations[0]!.broker.asked).toHaveLength(1);
});

test('when nothing matches anywhere, nothing is changed', async () => {
  for (const installation of installations) {
    installation.machines = 0;
  }
  const answer = await ask();
  expect(payload(answer)).toMatchObject({
    operation: null,
    userErrors: [{ code: 'NOTHING_MATCHED', field: 'input.filter' }],
  });
});

test('more machines than maxTargets over all installations are refused before anything is changed', async () => {
  const answer = await ask({ max: 5 });
  expect(payload(answer)).toMatchObject({
    operation: null,
    targetCount: 6,
    userErrors: [
      {
        code: 'TOO_MANY_TARGETS',
        field: 'input.maxTargets',
        message:
          'The filter meets 6 machines, and maxTargets allows 5: 1 at installation:a, 2 at installation:b, 3 at installation:c.',
      },
    ],
  });
  expect(installations.map(({ part }) => part)).toEqual([null, null, null]);
});

test('more machines than maxTargets at one installation alone are refused as well', async () => {
  const answer = await ask({ max: 2 });
  expect(payload(answer).userErrors).toMatchObject([{ code: 'TOO_MANY_TARGETS' }]);
  expect(installations.map(({ part }) => part)).toEqual([null, null, null]);
});

test('what one installation refuses is refused for all, and its name is said', async () => {
  installations[1]!.refusal = { code: 'UNSUPPORTED', field: 'input.action', message: 'No.' };
  const answer = await ask();
  expect(payload(answer)).toMatchObject({
    operation: null,
    userErrors: [{ code: 'UNSUPPORTED', field: 'input.action', message: 'installation:b: No.' }],
  });
  expect(installations.map(({ part }) => part)).toEqual([null, null, null]);
});

test('what all refuse is said once', async () => {
  for (const installation of installations) {
    installation.refusal = { code: 'INVALID_ARGUMENT', field: 'input.maxTargets', message: 'From 1 to 10000.' };
  }
  expect(payload(await ask()).userErrors).toEqual([installations[0]!.refusal]);
});

test('an installation that is away is named, the others do their part, and the same request later does what is missing', async () => {
  installations[2]!.broker.behaviour = 'die-before';
  const first = await ask();
  expect(payload(first)).toMatchObject({
    operation: { id, state: 'RUNNING', progress: 200 / 3 },
    targetCount: 3,
    coverage: { complete: false, sources: [{ status: 'OK' }, { status: 'OK' }, { status: 'UNREACHABLE' }] },
  });
  expect(first.coverage.get('setPowerStateBulk')!.complete).toBe(false);

  installations[2]!.broker.behaviour = 'answer';
  // What was to be done is done, so that the filter meets nothing there any more.
  installations[0]!.machines = 0;
  const asked = installations[0]!.broker.asked.length;
  const second = await ask();
  expect(payload(second)).toMatchObject({
    operation: { id, progress: 500 / 6 },
    targetCount: 6,
    coverage: { complete: true },
  });
  expect(installations.map(({ part }) => part?.count)).toEqual([1, 2, 3]);
  expect(installations[0]!.broker.asked.length - asked).toBe(1);
});

test('an installation that is lost while it does its part is named with what that means', async () => {
  installations[1]!.broker.behaviour = ({ variables }) =>
    (variables['sw__input'] as BulkInput).dryRun ? 'answer' : 'die-after';
  const answer = await ask();
  expect(payload(answer)).toMatchObject({ operation: { id }, targetCount: 4, coverage: { complete: false } });
  expect(answer.coverage.get('setPowerStateBulk')!.sources[1]).toMatchObject({
    status: 'UNREACHABLE',
    message: expect.stringMatching(/may have been accepted all the same.*key "k"/),
  });
  installations[1]!.broker.behaviour = 'answer';
  expect(payload(await ask())).toMatchObject({ targetCount: 6, coverage: { complete: true } });
});

test('coverage that is not met refuses before anything is changed', async () => {
  installations[2]!.broker.behaviour = 'die-before';
  const answer = await site.ask(bulk, { variables: { filter: everything }, wanted: { require: 'ALL' } });
  expect(answer.data).toEqual({ setPowerStateBulk: null });
  expect(answer.errors[0]).toMatchObject({
    message: expect.stringContaining('it was not accepted'),
    extensions: { code: 'COVERAGE_NOT_MET', accepted: 'NO' },
  });
  expect(installations.map(({ part }) => part)).toEqual([null, null, null]);
});

test('when nobody answers, that is an error', async () => {
  for (const { broker } of installations) {
    broker.behaviour = 'die-before';
  }
  expect((await ask()).errors[0]).toMatchObject({ extensions: { code: 'NO_SOURCE_ANSWERED', accepted: 'NO' } });
});

test('an installation that hangs leaves the others time to do their part', async () => {
  installations[0]!.broker.behaviour = 'hang';
  const answer = await site.ask(bulk, { variables: { filter: everything }, timeoutMs: 1_500 });
  expect(payload(answer)).toMatchObject({ operation: { id }, targetCount: 5 });
  expect(answer.coverage.get('setPowerStateBulk')!.sources[0]).toMatchObject({ status: 'TIMEOUT' });
});

test('a try says what would be done everywhere, and changes nothing', async () => {
  const answer = await ask({ try: true });
  expect(payload(answer)).toMatchObject({ operation: null, targetCount: 6, userErrors: [] });
  expect(payload(answer).preview).toEqual([
    'FORCE_STOP a0',
    'FORCE_STOP b0',
    'FORCE_STOP b1',
    ...[0, 1, 2].map((at) => `FORCE_STOP c${at}`),
  ]);
  expect(installations.map(({ part }) => part)).toEqual([null, null, null]);
});

test('a preview has at most 100 lines', async () => {
  installations[0]!.machines = 99;
  const { preview, targetCount } = payload(await ask({ try: true, max: 1000 }));
  expect([preview?.length, targetCount]).toEqual([100, 104]);
});

test('only the installations that the filter leaves, and that are wanted, are asked', async () => {
  const filter = { installation: { in: ['a', 'b'] } };
  await site.ask(bulk, { variables: { filter }, wanted: { sources: ['installation:b', 'installation:c'] } });
  expect(installations.map(({ part }) => part?.count ?? null)).toEqual([null, 2, null]);
});

test('an installation that is the only one concerned is asked once, and refuses or does the whole by itself', async () => {
  const filter = { installation: { eq: 'b' } };
  const refused = payload(await ask({ filter, max: 1 }));
  expect(refused).toMatchObject({ operation: null, userErrors: [{ code: 'TOO_MANY_TARGETS' }], targetCount: 2 });
  const tried = payload(await ask({ filter, try: true }));
  expect(tried).toMatchObject({ operation: null, preview: ['FORCE_STOP b0', 'FORCE_STOP b1'], targetCount: 2 });
  expect(installations.map(({ part }) => part)).toEqual([null, null, null]);
  const done = payload(await ask({ filter, max: 2 }));
  expect(done).toMatchObject({ operation: { id }, userErrors: [], targetCount: 2, coverage: { complete: true } });
  expect(done.coverage.sources.map(({ status }) => status)).toEqual(['SKIPPED', 'OK', 'SKIPPED']);
  expect(installations.map(({ broker }) => broker.asked.length)).toEqual([0, 3, 0]);
});

test('an installation that is the only one concerned and is lost leaves it open what it did', async () => {
  installations[1]!.broker.behaviour = 'die-after';
  const lost = await ask({ filter: { installation: { eq: 'b' } } });
  expect(lost.errors[0]).toMatchObject({
    message: expect.stringMatching(/may have been accepted all the same.*key "k"/),
    extensions: { code: 'NO_SOURCE_ANSWERED', accepted: 'UNKNOWN', idempotencyKey: 'k' },
  });
});
