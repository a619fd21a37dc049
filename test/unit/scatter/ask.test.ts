import { expect, test } from '@jest/globals';

import { createDeadline, type Deadline } from '../../../src/core/deadline.ts';
import { SitewideError } from '../../../src/core/errors.ts';
import { ask, type AskOptions } from '../../../src/scatter/ask.ts';
import type { Send } from '../../../src/scatter/attempt.ts';
import { createEndpoint, type Endpoint } from '../../../src/scatter/endpoint.ts';
import { AttemptFailure, type Outcome } from '../../../src/scatter/outcome.ts';
import { createTarget, type Target } from '../../../src/scatter/target.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const clock = createManualClock(1_000_000);

test('the answer of an endpoint is the answer of its target', async () => {
  const target = targetOf('one');
  const outcome = await askTarget(target, async () => 'rows');
  expect(outcome).toMatchObject({ status: 'OK', answer: 'rows', endpoint: 'http://one' });
  expect(outcome.attempts).toMatchObject([{ broker: 'one', reason: 'FIRST', status: 'OK' }]);
  expect(target.endpoints[0]).toMatchObject({ state: 'UP', lastError: null, inFlight: 0 });
});

test('an endpoint that cannot be reached is replaced by an equivalent one', async () => {
  const target = targetOf('one', 'two');
  const outcome = await askTarget(target, failing('one'));
  expect(outcome).toMatchObject({ status: 'OK', answer: 'two' });
  expect(outcome.attempts).toMatchObject([
    { broker: 'one', reason: 'FIRST', status: 'UNREACHABLE', message: 'connect ECONNREFUSED' },
    { broker: 'two', reason: 'RETRY', status: 'OK' },
  ]);
});

test('an endpoint that fails several times in a row is asked nothing for a while, and then one request tries it', async () => {
  const target = targetOf('one', 'two');
  for (let at = 0; at < 3; at += 1) {
    await askTarget(target, failing('one', 'two'));
  }
  expect(target.endpoints[0]).toMatchObject({ state: 'DOWN', admits: false });
  await clock.advance(6_000);
  const { send, release } = hanging('one');
  const trial = askTarget(target, send, { hedging: false });
  await clock.advance(1);
  expect(target.endpoints[0]).toMatchObject({ state: 'PROBING', admits: false });
  release();
  expect((await trial).attempts).toMatchObject([{ broker: 'one', status: 'OK' }]);
  expect(target.endpoints[0]).toMatchObject({ state: 'UP', admits: true, lastError: null });
});

test('a target none of whose endpoints can be reached is unreachable, at once when all breakers are open', async () => {
  const target = targetOf('one', 'two');
  const outcome = await askTarget(target, failing('one', 'two'));
  expect(outcome).toMatchObject({ status: 'UNREACHABLE', message: 'connect ECONNREFUSED' });
  expect(outcome.attempts).toHaveLength(2);
  await askTarget(target, failing('one', 'two'));
  await askTarget(target, failing('one', 'two'));
  const open = await askTarget(target, failing('one', 'two'));
  expect(open).toMatchObject({ status: 'UNREACHABLE', attempts: [] });
  expect(open).toHaveProperty('message', 'no broker admits requests: connect ECONNREFUSED');
  expect(await askTarget(targetOf(), failing())).toMatchObject({ status: 'UNREACHABLE', attempts: [] });
});

test('as long as somebody looks after endpoints that are all lost, no caller waits for one of them', async () => {
  const target = targetOf('one', 'two');
  const { send } = hanging('one', 'two');
  for (let at = 0; at < 3; at += 1) {
    await askTarget(target, failing('one', 'two'));
  }
  await clock.advance(3_000);
  const [one, two] = target.endpoints;
  one!.begin().fail('a probe was not answered');
  expect(two).toMatchObject({ isLost: true, admits: true });
  expect(await askTarget(target, send)).toMatchObject({ status: 'UNREACHABLE', attempts: [] });
  two!.begin().proveAlive();
  expect(await askTarget(target, failing())).toMatchObject({ status: 'OK', answer: 'two' });
});

test('an endpoint that is lost is tried when those that are well have failed', async () => {
  const target = targetOf('one', 'two');
  for (let at = 0; at < 3; at += 1) {
    target.endpoints[0]!.begin().fail('connect ECONNREFUSED');
  }
  await clock.advance(1_000);
  expect((await askTarget(target, failing())).attempts).toMatchObject([{ broker: 'two' }]);
  const { attempts } = await askTarget(target, failing('two'));
  expect(attempts).toMatchObject([
    { broker: 'two', status: 'UNREACHABLE' },
    { broker: 'one', status: 'OK' },
  ]);
});

test('a refusal is not asked for again elsewhere and says nothing against the endpoint', async () => {
  const target = targetOf('one', 'two');
  const outcome = await askTarget(target, async () => {
    throw new AttemptFailure('UNSUPPORTED', 'no such field', { retryable: false });
  });
  expect(outcome).toMatchObject({ status: 'UNSUPPORTED', message: 'no such field' });
  expect(outcome.attempts).toHaveLength(1);
  expect(target.endpoints[0]).toMatchObject({ state: 'UP' });
});

test('an endpoint without room is replaced, gets less for a moment, and is not taken for dead', async () => {
  const target = targetOf('one', 'two');
  for (let at = 0; at < 5; at += 1) {
    await askTarget(target, failing());
    await askTarget(target, overloaded('one'));
  }
  const [one] = target.endpoints;
  expect(one).toMatchObject({ state: 'UP', admits: true, lastError: 'no room', inFlight: 0 });
  expect(one!.weight).toBeLessThan(0.2);
  const outcome = await askTarget(target, overloaded('one'));
  expect(outcome.attempts).toMatchObject([{ broker: 'two', status: 'OK' }]);
  await clock.advance(3_000);
  expect(one!.weight).toBe(1);
});

test('a target none of whose endpoints has room is unreachable, and says why', async () => {
  const outcome = await askTarget(targetOf('one', 'two'), overloaded('one', 'two'));
  expect(outcome).toMatchObject({ status: 'UNREACHABLE', message: 'no room' });
  expect(outcome.attempts).toHaveLength(2);
});

test('a second endpoint is asked beside a slow one; the first answer wins and the loser is called off', async () => {
  const target = targetOf('one', 'two');
  const { send, waiting } = hanging('one');
  const asked = askTarget(target, send);
  await clock.advance(100);
  const outcome = await asked;
  expect(outcome).toMatchObject({ status: 'OK', answer: 'two' });
  expect(outcome.attempts).toMatchObject([
    { broker: 'two', reason: 'HEDGE', status: 'OK' },
    { broker: 'one', reason: 'FIRST', status: 'SUPERSEDED' },
  ]);
  expect(waiting.get('one')!.aborted).toBe(true);
  expect(target.endpoints[0]).toMatchObject({ inFlight: 0, lastError: null });
});

test('what must not be asked twice is not hedged, but a slow endpoint is given up for another', async () => {
  const target = targetOf('one', 'two');
  const { send } = hanging('one');
  const asked = askTarget(target, send, { hedging: false });
  await clock.advance(2_500);
  const outcome = await asked;
  expect(outcome).toMatchObject({ status: 'OK', answer: 'two' });
  expect(outcome.attempts).toMatchObject([
    { broker: 'one', status: 'TIMEOUT', message: 'no answer within 2500 ms' },
    { broker: 'two', reason: 'RETRY', status: 'OK' },
  ]);
});

test('hedges are a small share of the traffic', async () => {
  const target = targetOf('one', 'two');
  let hedges = 0;
  for (let at = 0; at < 100; at += 1) {
    const { send, release } = hanging('one', 'two');
    const asked = askTarget(target, send);
    await clock.advance(150);
    release();
    hedges += (await asked).attempts.filter(({ reason }) => reason === 'HEDGE').length;
  }
  expect(hedges).toBeGreaterThan(0);
  expect(hedges).toBeLessThanOrEqual(10);
});

test('an outage does not double the load: retries are a share of the traffic with a floor', async () => {
  const target = targetOf('one', 'two', 'three', 'four', 'five');
  const refuse: Send<string> = async () => {
    throw new AttemptFailure('ERROR', 'overloaded', { retryable: true });
  };
  let requests = 0;
  for (let at = 0; at < 200; at += 1) {
    requests += (await askTarget(target, refuse)).attempts.length;
    await clock.advance(10);
  }
  // 200 ordinary ones, 20 saved up, a fifth of 200, and ten a second for two seconds.
  expect(requests).toBeLessThanOrEqual(200 + 20 + 40 + 20);
});

test('old data is taken only if no other endpoint has better', async () => {
  const target = targetOf('one', 'two');
  const isSecondBest = (answer: string): boolean => answer === 'one';
  const outcome = await askTarget(target, async ({ id }) => id, { isSecondBest });
  expect(outcome).toMatchObject({ status: 'OK', answer: 'two' });
  expect(outcome.attempts).toMatchObject([{ status: 'SECOND_BEST' }, { status: 'OK' }]);
  const alone = await askTarget(targetOf('one'), async ({ id }) => id, { isSecondBest });
  expect(alone).toMatchObject({ status: 'OK', answer: 'one' });
  const other = await askTarget(targetOf('one', 'two'), failing('two'), { isSecondBest });
  expect(other).toMatchObject({ status: 'OK', answer: 'one' });
});

test('the deadline ends everything as TIMEOUT, a caller who went away as CANCELLED', async () => {
  const late = askTarget(targetOf('one'), hanging('one').send);
  await clock.advance(5_000);
  expect(await late).toMatchObject({ status: 'TIMEOUT', message: 'No answer within 5000 ms.' });
  const target = targetOf('one');
  const caller = new AbortController();
  const gone = askTarget(target, hanging('one').send, {}, caller.signal);
  await clock.advance(1);
  caller.abort(new SitewideError('CANCELLED', {}));
  expect(await gone).toMatchObject({ status: 'CANCELLED' });
  expect(target.endpoints[0]).toMatchObject({ state: 'UNKNOWN', inFlight: 0 });
});

function targetOf(...ids: string[]): Target {
  const endpoints = ids.map((id) => createEndpoint({ id, url: `http://${id}`, clock, random: () => 0.5 }));
  return createTarget({ source: 'installation:x', endpoints, clock });
}

async function askTarget(
  target: Target,
  send: Send<string>,
  more: Partial<AskOptions<string>> = {},
  parent?: AbortSignal,
): Promise<Outcome<string>> {
  using deadline: Deadline = createDeadline({ clock, timeoutMs: 5_000, parent });
  // With these numbers the first of the endpoints that admit requests is chosen, unless another costs less.
  const random = (): number => 0;
  return await ask({ target, send, deadline, clock, random, hedging: true, isSecondBest: () => false, ...more });
}

function failing(...ids: string[]): Send<string> {
  return async ({ id }: Endpoint) => {
    if (ids.includes(id)) {
      throw new Error('connect ECONNREFUSED');
    }
    return id;
  };
}

function overloaded(...ids: string[]): Send<string> {
  return async ({ id }: Endpoint) => {
    if (ids.includes(id)) {
      throw new AttemptFailure('UNREACHABLE', 'no room', { retryable: true, overloaded: true });
    }
    return id;
  };
}

function hanging(...ids: string[]) {
  const waiting = new Map<string, AbortSignal>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const send: Send<string> = async ({ id }, signal) => {
    waiting.set(id, signal);
    if (ids.includes(id)) {
      await released;
    }
    return id;
  };
  return { send, waiting, release };
}
