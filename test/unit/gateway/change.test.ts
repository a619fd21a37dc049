import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { getNamedType, GraphQLError, isInputObjectType } from 'graphql';

import { encodeId } from '../../../src/core/ids.ts';
import { decodeRevisions } from '../../../src/core/revision-vector.ts';
import { baseSchema, type ChangeBroker, type Root, startChangeBroker } from '../../support/change-broker.ts';
import { type ChangeSite, createChangeSite } from '../../support/change-site.ts';

// Changes through the gateway: the real engine over HTTP brokers of installation a, which share what they have accepted,
// and one of installation b.

const machine = (installation: string, localId: string): string =>
  encodeId({ type: 'VirtualMachine', installation, localId });

let brokers: ChangeBroker[];
let site: ChangeSite;
/** What was carried out, by key, and in which order. */
const accepted = new Map<string, string>();

interface Input {
  readonly id: string;
  readonly action?: string;
  readonly name?: string;
  readonly idempotencyKey?: string;
}

const accept =
  (what: string) =>
  ({ input }: { input: Input }): unknown => {
    const key = input.idempotencyKey!;
    accepted.set(key, accepted.get(key) ?? `${what} ${input.action ?? input.name ?? ''}`.trim());
    return { operation: { id: key, state: 'QUEUED' }, userErrors: [] };
  };
const root: Root = {
  setPowerState: accept('power'),
  createSnapshot: accept('snapshot'),
  deleteVirtualMachine: () => {
    throw new GraphQLError('The store cannot be used now.', {
      extensions: { code: 'STORE_UNAVAILABLE', retryable: true },
    });
  },
  operation: () => null,
  cancelOperation: () => ({ operation: null, userErrors: [] }),
};

beforeAll(async () => {
  brokers = await Promise.all(['a', 'a', 'b'].map((installation) => startChangeBroker(installation, root)));
});
beforeEach(() => {
  accepted.clear();
  for (const broker of brokers) {
    broker.behaviour = 'answer';
  }
  site = createChangeSite({ a: [brokers[0]!.url, brokers[1]!.url], b: [brokers[2]!.url] });
});
afterAll(async () => {
  await Promise.all(brokers.map((broker) => broker[Symbol.asyncDispose]()));
});

const stop = `mutation ($id: ID!, $key: String, $action: PowerAction! = FORCE_STOP) {
  setPowerState(input: { id: $id, action: $action, idempotencyKey: $key }) { operation { id state } userErrors { code } }
}`;

test('a change goes to the owner alone, completed by a key', async () => {
  await using _ = site;
  const before = brokers.map(({ asked }) => asked.length);
  const { data, errors, coverage } = await site.ask(stop, { variables: { id: machine('b', 'm1') } });
  expect(errors).toEqual([]);
  expect(data).toEqual({ setPowerState: { operation: { id: 'key-1', state: 'QUEUED' }, userErrors: [] } });
  expect(brokers.map(({ asked }, at) => asked.length - before[at]!)).toEqual([0, 0, 1]);
  expect(brokers[2]!.asked.at(-1)!.variables['sw__input']).toEqual({
    id: machine('b', 'm1'),
    action: 'FORCE_STOP',
    idempotencyKey: 'key-1',
  });
  const records = coverage.get('setPowerState')!.sources.map(({ id, status }) => [id, status]);
  expect(records).toEqual([
    ['installation:a', 'SKIPPED'],
    ['installation:b', 'OK'],
  ]);
});

test('the key of the client is kept', async () => {
  await using _ = site;
  const { data } = await site.ask(stop, { variables: { id: machine('b', 'm1'), key: 'mine' } });
  expect(data).toMatchObject({ setPowerState: { operation: { id: 'mine' } } });
});

test.each(['die-before', 'die-after'] as const)(
  'a broker that dies in the middle (%s) is replaced by another one, with the same key',
  async (behaviour) => {
    await using _ = site;
    brokers[0]!.behaviour = behaviour;
    const before = brokers.map(({ asked }) => asked.length);
    const { data, errors } = await site.ask(stop, { variables: { id: machine('a', 'm1') } });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ setPowerState: { operation: { id: 'key-1' } } });
    expect(brokers.map(({ asked }, at) => asked.length - before[at]!)).toEqual([1, 1, 0]);
    const keys = brokers.slice(0, 2).map(({ asked }) => asked.at(-1)!.variables['sw__input']);
    expect(keys[0]).toEqual(keys[1]);
    expect([...accepted]).toEqual([['key-1', 'power FORCE_STOP']]);
  },
);

test('a slow broker is never joined by a second one, but given up for it', async () => {
  await using _ = site;
  brokers[0]!.behaviour = 'hang';
  const { data, coverage } = await site.ask(stop, { variables: { id: machine('a', 'm1') }, timeoutMs: 1_500 });
  expect(data).toMatchObject({ setPowerState: { operation: { id: 'key-1' } } });
  const record = coverage.get('setPowerState')!.sources[0]!;
  expect(record).toMatchObject({ status: 'OK', attempts: 2 });
  expect(record.latencyMs).toBeGreaterThan(500);
});

test('when no answer comes, the error says that it may have been accepted and with which key to ask again', async () => {
  await using _ = site;
  brokers[2]!.behaviour = 'die-after';
  const { data, errors } = await site.ask(stop, { variables: { id: machine('b', 'm1') } });
  expect(data).toEqual({ setPowerState: null });
  expect(errors[0]).toMatchObject({
    message: expect.stringMatching(
      /installation:b is UNREACHABLE.* may have been accepted .*key "key-1" is carried out/,
    ),
    path: ['setPowerState'],
    extensions: { code: 'NO_SOURCE_ANSWERED', retryable: true, accepted: 'UNKNOWN', idempotencyKey: 'key-1' },
  });
  expect(errors[0]!.extensions!['coverage']).toMatchObject({ complete: false });
});

test('when no broker was reached, the error says that it was not accepted', async () => {
  await using gone = await startChangeBroker('c', root);
  await gone[Symbol.asyncDispose]();
  await using lonely = createChangeSite({ c: [gone.url] });
  const { errors } = await lonely.ask(stop, { variables: { id: machine('c', 'm1') } });
  expect(errors[0]).toMatchObject({
    message: expect.stringContaining('it was not accepted'),
    extensions: { accepted: 'NO' },
  });
});

test('a broker without its store is replaced; if none has it, the error of the source is told', async () => {
  await using _ = site;
  const text = 'mutation ($id: ID!) { deleteVirtualMachine(input: { id: $id }) { operation { id } } }';
  const { data, errors, coverage } = await site.ask(text, { variables: { id: machine('a', 'm1') } });
  expect(data).toEqual({ deleteVirtualMachine: null });
  expect(errors[0]).toMatchObject({
    message: 'The store cannot be used now.',
    path: ['deleteVirtualMachine'],
    extensions: { code: 'STORE_UNAVAILABLE', retryable: true, accepted: 'UNKNOWN', idempotencyKey: 'key-1' },
  });
  expect(coverage.get('deleteVirtualMachine')!.sources[0]).toMatchObject({ status: 'ERROR', attempts: 2 });
});

test('several changes are carried out one after the other, each as a request of its own', async () => {
  await using _ = site;
  const before = brokers[2]!.asked.length;
  const text = `mutation ($id: ID!) {
    first: createSnapshot(input: { id: $id, name: "one" }) { operation { id } }
    __typename
    second: setPowerState(input: { id: $id, action: START }) { ...Accepted }
    third: createSnapshot(input: { id: $id, name: "two" }) { operation { id } }
  }
  fragment Accepted on OperationPayload { operation { id } }`;
  const { data, errors } = await site.ask(text, { variables: { id: machine('b', 'm1') } });
  expect(errors).toEqual([]);
  expect(data).toMatchObject({ __typename: 'Mutation', third: { operation: { id: 'key-3' } } });
  expect([...accepted.values()]).toEqual(['snapshot one', 'power START', 'snapshot two']);
  expect(brokers[2]!.asked.slice(before).map(({ query }) => /\{\s+(\w+)/.exec(query)![1])).toEqual([
    'first',
    'second',
    'third',
  ]);
});

test('equal changes are carried out as often as they are written', async () => {
  await using _ = site;
  const text = `mutation ($id: ID!) {
    one: setPowerState(input: { id: $id, action: RESET }) { operation { id } }
    two: setPowerState(input: { id: $id, action: RESET }) { operation { id } }
  }`;
  await site.ask(text, { variables: { id: machine('b', 'm1') } });
  expect([...accepted.keys()]).toEqual(['key-1', 'key-2']);
});

test('what a change requires of coverage is said to the source, which refuses before it changes anything', async () => {
  await using _ = site;
  await site.ask(stop, { variables: { id: machine('b', 'm1') }, wanted: { require: 'ALL' } });
  const { query, variables } = brokers[2]!.asked.at(-1)!;
  expect(query).toContain('@coverage(require: $sw__require)');
  expect(variables['sw__require']).toBe('ALL');
});

test('a source that is not wanted is not asked', async () => {
  await using _ = site;
  const before = brokers[2]!.asked.length;
  const { errors } = await site.ask(stop, {
    variables: { id: machine('b', 'm1') },
    wanted: { sources: ['installation:a'] },
  });
  expect(errors[0]!.extensions).toMatchObject({ code: 'NO_SOURCE_ANSWERED' });
  expect(brokers[2]!.asked).toHaveLength(before);
});

test('what an answer must show at least is said to each source as far as it concerns it', async () => {
  await using _ = site;
  const [a, b] = ['a', 'b'].map((feed) => ({ feed, revision: 3, part: 1 }));
  await site.ask('query ($a: ID!, $b: ID!) { x: operation(id: $a) { id } y: operation(id: $b) { id } }', {
    variables: { a: machine('a', 'm1'), b: machine('b', 'm1') },
    wanted: { atLeast: { a: a!, b: b! } },
  });
  const sent = [0, 2].map((at) => brokers[at]!.asked.at(-1)!.headers['sitewide-at-least'] as string);
  expect(sent.map(decodeRevisions)).toEqual([{ a }, { b }]);
});

test('every change takes a key, but for cancelling, which comes to the same when it is done twice', () => {
  const changes = Object.values(baseSchema.getMutationType()!.getFields());
  const withoutKey = changes.filter(({ args }) => {
    const type = getNamedType(args.find(({ name }) => name === 'input')!.type);
    return !isInputObjectType(type) || !('idempotencyKey' in type.getFields());
  });
  expect(withoutKey.map(({ name }) => name)).toEqual(['cancelOperation']);
});
