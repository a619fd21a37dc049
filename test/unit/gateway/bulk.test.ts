import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { encodeId } from '../../../src/core/ids.ts';
import { encodeRevisions } from '../../../src/core/revision-vector.ts';
import { bulkLocalIdOf } from '../../../src/model/bulk-id.ts';
import { bulkIdOf } from '../../../src/model/operation-list.ts';
import { type ChangeBroker, type Root, startChangeBroker } from '../../support/change-broker.ts';
import { type ChangeSite, createChangeSite, type SiteAnswer } from '../../support/change-site.ts';

// Changes of a whole site: the real engine over brokers of installations a, b and c, each with machines that the filter
// meets, and with its part of what it has accepted.

interface Installation {
  readonly id: string;
  machines: number;
  /** What it says to everything, if not null. */
  refusal: { readonly code: string; readonly field: string; readonly message: string } | null;
  part: { readonly key: string; readonly id: string; readonly count: number; cancelled: boolean } | null;
  broker: ChangeBroker;
}

interface BulkInput {
  readonly action: string;
  readonly maxTargets: number;
  readonly idempotencyKey: string;
  readonly dryRun: boolean;
  readonly operationId: string;
}

let installations: Installation[];
let site: ChangeSite;

beforeEach(async () => {
  installations = await Promise.all(
    ['a', 'b', 'c'].map(async (id, at) => {
      const installation = { id, machines: at + 1, refusal: null, part: null } as unknown as Installation;
      installation.broker = await startChangeBroker(id, rootOf(installation));
      return installation;
    }),
  );
  site = createChangeSite(Object.fromEntries(installations.map(({ id, broker }) => [id, [broker.url]])));
});
afterEach(async () => {
  await site[Symbol.asyncDispose]();
  await Promise.all(installations.map(({ broker }) => broker[Symbol.asyncDispose]()));
});

/** An installation as its subgraph answers. */
function rootOf(own: Installation): Root {
  const payloadOf = ({ input }: { input: BulkInput }): unknown => {
    const refused = (code: string, message: string): unknown => ({
      userErrors: [{ code, message }],
      targetCount: own.machines,
    });
    if (own.refusal) {
      return { operation: null, userErrors: [own.refusal] };
    }
    if (own.part?.key === input.idempotencyKey) {
      return { operation: operationOf(own), userErrors: [], targetCount: own.part.count };
    }
    if (own.machines === 0) {
      return refused('NOTHING_MATCHED', 'none');
    }
    if (own.machines > input.maxTargets) {
      return refused('TOO_MANY_TARGETS', 'many');
    }
    const preview = Array.from({ length: own.machines }, (_, at) => `${input.action} ${own.id}${at}`);
    if (input.dryRun) {
      return { operation: null, userErrors: [], preview, targetCount: own.machines };
    }
    own.part = { key: input.idempotencyKey, id: input.operationId, count: own.machines, cancelled: false };
    return { operation: operationOf(own), userErrors: [], targetCount: own.machines };
  };
  const find = ({ id }: { id: string }): unknown => (own.part?.id === id ? operationOf(own) : null);
  return {
    setPowerStateBulk: payloadOf,
    operation: find,
    node: find,
    nodes: ({ ids }: { ids: string[] }) => ids.map((id) => find({ id })),
    _entities: ({ representations }: { representations: { id: string }[] }) => representations.map(find),
    cancelOperation: ({ input: { id } }: { input: { id: string } }) => {
      if (own.part?.id !== id) {
        return null;
      }
      own.part.cancelled = true;
      return { operation: operationOf(own), userErrors: [] };
    },
  };
}

/** The part of an installation: the first machine of each is done, and the last installation's is all done. */
function operationOf({ id, part }: Installation): unknown {
  const { count, cancelled, id: operationId } = part!;
  const done = id === 'c' ? count : 1;
  return {
    __typename: 'Operation',
    id: operationId,
    kind: 'SET_POWER_STATE_BULK',
    state: cancelled ? 'CANCELLED' : done === count ? 'SUCCEEDED' : 'RUNNING',
    itemCount: count,
    itemProgress: done * 100,
    progress: (done * 100) / count,
    succeededCount: done,
    cancelRequested: cancelled,
    revision: encodeRevisions({ [id]: { feed: `feed-${id}`, revision: count, part: 0 } }),
  };
}

const everything = { name: { startsWith: 'x' } };
const bulk = `mutation ($filter: VirtualMachineFilter!, $max: Int, $key: String = "k", $try: Boolean) {
  setPowerStateBulk(input: {
    filter: $filter, action: FORCE_STOP, maxTargets: $max, idempotencyKey: $key, dryRun: $try
  }) {
    operation { id ...Progress }
    userErrors { code field message }
    preview
    targetCount
    coverage { complete sources { id status } }
  }
}
fragment Progress on Operation { state progress succeededCount revision }`;

interface Payload {
  readonly operation: { id: string; state: string; progress: number; revision: string } | null;
  readonly userErrors: readonly { code: string; field: string | null; message: string }[];
  readonly preview: readonly string[] | null;
  readonly targetCount: number | null;
  readonly coverage: { complete: boolean; sources: readonly { id: string; status: string }[] };
}

function payload({ data }: SiteAnswer): Payload {
  return data!['setPowerStateBulk'] as Payload;
}

const ask = (variables: object = {}): Promise<SiteAnswer> =>
  site.ask(bulk, { variables: { filter: everything, ...variables } });
const id = bulkIdOf(bulkLocalIdOf('anonymous', 'k'));

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

test('the operation of all installations is looked up at all of them', async () => {
  await ask();
  const text = `query ($id: ID!, $other: ID!, $r: [_Any!]!) {
    operation(id: $id) { __typename progress itemCount state }
    node(id: $id) { id ... on Operation { done: progress } }
    nodes(ids: [$other, $id]) { ... on Operation { progress } }
    _entities(representations: $r) { ... on Operation { succeededCount } }
  }`;
  const other = encodeId({ type: 'Operation', installation: 'b', localId: 'none' });
  const { data, errors, coverage } = await site.ask(text, {
    variables: { id, other, r: [{ __typename: 'Operation', id }] },
  });
  expect(errors).toEqual([]);
  expect(data).toEqual({
    operation: { __typename: 'Operation', progress: 500 / 6, itemCount: 6, state: 'RUNNING' },
    node: { id, done: 500 / 6 },
    nodes: [null, { progress: 500 / 6 }],
    _entities: [{ succeededCount: 5 }],
  });
  expect(coverage.get('operation')).toMatchObject({ complete: true, sources: [{ rows: 1 }, { rows: 1 }, { rows: 1 }] });
});

test('a part that is away is named, and "there is none" is said only when all say so', async () => {
  await ask();
  installations[2]!.broker.behaviour = 'die-before';
  const text = 'query ($id: ID!) { operation(id: $id) { itemCount } nodes(ids: [$id]) { id } }';
  const known = await site.ask(text, { variables: { id } });
  expect(known.data).toEqual({ operation: { itemCount: 3 }, nodes: [{ id }] });
  expect(known.coverage.get('operation')!.complete).toBe(false);
  const unknown = await site.ask(text, { variables: { id: bulkIdOf('nothing') } });
  expect(unknown.data).toEqual({ operation: null, nodes: [null] });
  expect(unknown.errors.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual([
    [['operation'], 'SOURCE_FAILED'],
    [['nodes', 0], 'SOURCE_FAILED'],
  ]);
  installations[2]!.broker.behaviour = 'answer';
  const absent = await site.ask(text, { variables: { id: bulkIdOf('nothing') } });
  expect(absent).toMatchObject({ data: { operation: null, nodes: [null] }, errors: [] });
});

const cancel = `mutation ($id: ID!) {
  cancelOperation(input: { id: $id }) { operation { cancelRequested state progress } userErrors { code } coverage { complete } }
}`;

test('cancelling a bulk cancels all its parts, and those that have none do not matter', async () => {
  installations[0]!.machines = 0;
  await ask();
  const { data, errors } = await site.ask(cancel, { variables: { id } });
  expect(errors).toEqual([]);
  expect(data!['cancelOperation']).toEqual({
    operation: { cancelRequested: true, state: 'CANCELLED', progress: 80 },
    userErrors: [],
    coverage: { complete: true },
  });
  expect(installations.map(({ part }) => part?.cancelled)).toEqual([undefined, true, true]);
});

test('cancelling a bulk that nobody has is refused', async () => {
  const { data } = await site.ask(cancel, { variables: { id } });
  expect(data!['cancelOperation']).toMatchObject({ operation: null, userErrors: [{ code: 'NOT_FOUND' }] });
});

test('cancelling says which installation was away, and fails if none of the others has a part', async () => {
  installations[2]!.broker.behaviour = 'die-before';
  const before = await site.ask(cancel, { variables: { id } });
  expect(before.errors[0]!.message).toMatch(/installation:c is UNREACHABLE.*doing it again comes to the same/);
  await ask();
  const after = await site.ask(cancel, { variables: { id } });
  expect(after.data!['cancelOperation']).toMatchObject({ userErrors: [], coverage: { complete: false } });
});

test('a tier above may ask in our own words: its operation is the one, and it gets what its own merge needs', async () => {
  const above = bulkIdOf('from-above');
  const { data, errors } = await site.ask(
    `mutation ($sw__input: SetPowerStateBulkInput!, $sw__require: CoverageRequirement) @coverage(require: $sw__require) {
      bulk: setPowerStateBulk(input: $sw__input) {
        operation { progress sw__itemProgress: itemProgress sw__itemCount: itemCount }
        sw__operation: operation { id }
        sw__userErrors: userErrors { code field message }
        sw__targetCount: targetCount
      }
    }`,
    {
      variables: {
        sw__input: { filter: everything, action: 'RESET', maxTargets: 6, idempotencyKey: 'k', operationId: above },
        sw__require: 'ANY',
      },
    },
  );
  expect(errors).toEqual([]);
  expect(data).toEqual({
    bulk: {
      operation: { progress: 500 / 6, sw__itemProgress: 500, sw__itemCount: 6 },
      sw__operation: { id: above },
      sw__userErrors: [],
      sw__targetCount: 6,
    },
  });
});
