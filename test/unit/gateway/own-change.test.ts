import { buildSubgraphSchema } from '@apollo/subgraph';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { parse } from 'graphql';

import { systemClock } from '../../../src/core/clock.ts';
import { SitewideError } from '../../../src/core/errors.ts';
import { encodeId } from '../../../src/core/ids.ts';
import { baseSdl } from '../../../src/core/sdl.ts';
import { createLocalSource } from '../../../src/gateway/local-source.ts';
import { withSiblings } from '../../../src/gateway/source.ts';
import type { RequestContext } from '../../../src/model/request.ts';
import { type ChangeBroker, startChangeBroker } from '../../support/change-broker.ts';
import { createChangeSite, peerSourceOf } from '../../support/change-site.ts';

// Changes of the asked broker's own installation: in its own process, and at a sibling if it cannot.

interface Args {
  readonly input: { readonly idempotencyKey: string };
}

const accepted: string[] = [];
const required: string[] = [];
let problem: SitewideError | null = null;
const accept = ({ input }: Args): unknown => {
  accepted.push(input.idempotencyKey);
  return { operation: { id: input.idempotencyKey }, userErrors: [] };
};
const setPowerState = (_: unknown, args: Args, { wanted }: RequestContext): unknown => {
  required.push(wanted.require);
  if (problem) {
    throw problem;
  }
  return accept(args);
};
const schema = buildSubgraphSchema(parse(baseSdl));
schema.getMutationType()!.getFields()['setPowerState']!.resolve = setPowerState;
const own = createLocalSource({
  site: 'test',
  installation: 'a',
  schema,
  clock: systemClock,
  onFault: (thrown) => {
    throw thrown;
  },
});
const text = 'mutation ($id: ID!) { setPowerState(input: { id: $id, action: START }) { operation { id } } }';
const id = encodeId({ type: 'VirtualMachine', installation: 'a', localId: 'm1' });

let sibling: ChangeBroker;
let site: ReturnType<typeof createChangeSite>;

beforeAll(async () => {
  sibling = await startChangeBroker('a', { setPowerState: accept });
});
beforeEach(() => {
  accepted.splice(0);
  required.splice(0);
  problem = null;
  sibling.behaviour = 'answer';
  site = createChangeSite({}, (transport) => [withSiblings(own, peerSourceOf('a', [sibling.url], transport))]);
});
afterAll(async () => {
  await sibling[Symbol.asyncDispose]();
});

test('the own installation is asked in this process, with what is required of coverage', async () => {
  await using _ = site;
  const { data } = await site.ask(text, { variables: { id }, wanted: { require: 'ALL' } });
  expect(data).toEqual({ setPowerState: { operation: { id: 'key-1' } } });
  expect([required, sibling.asked.length]).toEqual([['ALL'], 0]);
});

test('a broker without its store has a sibling do it, with the same key', async () => {
  await using _ = site;
  problem = new SitewideError('STORE_UNAVAILABLE', { problem: 'it is away' });
  const { data, errors } = await site.ask(text, { variables: { id } });
  expect([data, errors]).toEqual([{ setPowerState: { operation: { id: 'key-1' } } }, []]);
});

test.each([
  new SitewideError('NO_SOURCE_ANSWERED', { field: 'setPowerState', reasons: 'there is no inventory yet' }),
  new SitewideError('COVERAGE_NOT_MET', { field: 'setPowerState', reasons: 'the inventory is old' }),
])('what may have been accepted by a sibling that died is never said to be refused ($code)', async (refusal) => {
  await using _ = site;
  problem = refusal;
  sibling.behaviour = 'die-after';
  const { errors } = await site.ask(text, { variables: { id }, wanted: { require: 'ALL' } });
  expect(accepted).toEqual(['key-1']);
  expect(errors[0]!.extensions).toMatchObject({ accepted: 'UNKNOWN', idempotencyKey: 'key-1' });
});

test('what every broker refuses before it begins was not accepted', async () => {
  await using alone = createChangeSite({}, () => [own]);
  await using _ = site;
  problem = new SitewideError('NO_SOURCE_ANSWERED', { field: 'setPowerState', reasons: 'there is no inventory yet' });
  const { errors } = await alone.ask(text, { variables: { id } });
  expect(errors[0]).toMatchObject({
    message: expect.stringContaining('it was not accepted'),
    extensions: { accepted: 'NO' },
  });
});
