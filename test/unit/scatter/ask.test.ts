import { expect, test } from '@jest/globals';

import { systemClock } from '../../../src/core/clock.ts';
import { SitewideError } from '../../../src/core/errors.ts';
import { ask, AttemptFailure } from '../../../src/scatter/ask.ts';
import { createEndpoint, type Endpoint } from '../../../src/scatter/endpoint.ts';

test('the answer of an endpoint is the answer of its target', async () => {
  const [one] = endpoints('one');
  const outcome = await askThem([one!], async () => 'rows');
  expect(outcome).toMatchObject({ status: 'OK', answer: 'rows', endpoint: 'http://one', attempts: 1 });
  expect(one).toMatchObject({ state: 'UP', lastError: null, inFlight: 0 });
});

test('an endpoint that cannot be reached is replaced by an equivalent one, and remembered', async () => {
  const [one, two] = endpoints('one', 'two');
  const send = async ({ id }: Endpoint): Promise<string> => {
    if (id === 'one') {
      throw new Error('connect ECONNREFUSED');
    }
    return id;
  };
  const outcome = await askThem([one!, two!], send);
  expect(outcome).toMatchObject({ status: 'OK', answer: 'two', attempts: 2 });
  expect(one).toMatchObject({ state: 'DOWN', lastError: 'connect ECONNREFUSED' });
  expect(await askThem([one!, two!], send)).toMatchObject({ status: 'OK', attempts: 1 });
});

test('a target none of whose endpoints can be reached is unreachable', async () => {
  const outcome = await askThem(endpoints('one', 'two'), async () => Promise.reject(new Error('connect ECONNREFUSED')));
  expect(outcome).toMatchObject({ status: 'UNREACHABLE', message: 'connect ECONNREFUSED', attempts: 2 });
  expect(await askThem([], async () => 'nothing')).toMatchObject({ status: 'UNREACHABLE', attempts: 0 });
});

test('a refusal is not asked for again elsewhere and says nothing against the endpoint', async () => {
  const [one, two] = endpoints('one', 'two');
  const outcome = await askThem([one!, two!], async () => {
    throw new AttemptFailure('UNSUPPORTED', 'no such field', { retryable: false });
  });
  expect(outcome).toMatchObject({ status: 'UNSUPPORTED', message: 'no such field', attempts: 1 });
  expect(one).toMatchObject({ state: 'UP' });
});

test('an endpoint that hangs ends with the deadline, a caller who went away is told apart', async () => {
  const hang = (): Promise<string> => new Promise(() => undefined);
  const late = new AbortController();
  const timedOut = askThem(endpoints('one'), hang, late.signal);
  late.abort(new SitewideError('DEADLINE_EXCEEDED', { timeoutMs: 5 }));
  expect(await timedOut).toMatchObject({ status: 'TIMEOUT', message: 'No answer within 5 ms.' });
  const [one] = endpoints('one');
  const gone = new AbortController();
  const cancelled = askThem([one!], hang, gone.signal);
  gone.abort(new SitewideError('CANCELLED', {}));
  expect(await cancelled).toMatchObject({ status: 'CANCELLED' });
  expect(one).toMatchObject({ state: 'UNKNOWN', inFlight: 0 });
});

function endpoints(...ids: string[]): Endpoint[] {
  return ids.map((id) => createEndpoint({ id, url: `http://${id}`, clock: systemClock }));
}

function askThem(
  members: readonly Endpoint[],
  send: (endpoint: Endpoint) => Promise<string>,
  signal = new AbortController().signal,
): ReturnType<typeof ask<string>> {
  let chance = 0;
  const random = (): number => (chance += 0.01);
  return ask({ target: { source: 'installation:x', endpoints: members }, send, signal, clock: systemClock, random });
}
