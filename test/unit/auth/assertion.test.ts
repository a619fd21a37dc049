import { generateKeyPairSync } from 'node:crypto';

import { expect, test } from '@jest/globals';

import { signAssertion, verifyAssertion } from '../../../src/auth/assertion.ts';
import { createReplayMemory } from '../../../src/auth/replay-memory.ts';
import { anonymous } from '../../../src/model/principal.ts';
import { createManualClock } from '../../support/manual-clock.ts';

// What one site takes from another of who asks, and what it does not.

const lyon = { site: 'lyon', installation: 'lyon-a', broker: 'lyon-a-1' };
const paris = { site: 'paris', installation: 'paris-a', broker: 'paris-a-1' };
const oslo = { site: 'oslo', installation: 'oslo-a', broker: 'oslo-a-1' };
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const others = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const clock = createManualClock();
const alice = { ...anonymous, subject: 'alice', groups: ['web'], expiresAt: 5_000 };
const statement = { principal: alice, from: lyon, to: oslo, requestId: 'r', id: 'one' };
const expected = { peer: { ...lyon, publicKey: keys.publicKey }, to: oslo, requestId: 'r', clock };
const sign = (other: object = {}, key = keys.privateKey, ageMs = 0): Promise<string> =>
  signAssertion({ ...statement, ...other }, key, clock.now() - ageMs);

test('what is signed for this broker and this request is taken, as of a user of the other site', async () => {
  const { principal, id } = await verifyAssertion(await sign(), expected);
  expect(principal).toEqual({ ...alice, site: 'lyon' });
  expect(id).toBe('one');
});

test.each([
  ['signed with another key', 'ASSERTION_SIGNATURE', () => sign({}, others.privateKey)],
  ['altered', 'ASSERTION_SIGNATURE', async () => (await sign()).replace(/.{8}$/, 'AAAAAAAA')],
  ['old', 'ASSERTION_EXPIRED', () => sign({}, keys.privateKey, 45_000)],
  ['of a clock that is far ahead', 'ASSERTION_EXPIRED', () => sign({}, keys.privateKey, -60_000)],
  ['for another broker of the site', 'ASSERTION_AUDIENCE', () => sign({ to: { ...oslo, broker: 'oslo-a-2' } })],
  ['in the name of another site', 'ASSERTION_MISMATCH', () => sign({ from: paris })],
  ['for another request', 'ASSERTION_MISMATCH', () => sign({ requestId: 'other' })],
  ['no statement', 'ASSERTION_MALFORMED', async () => 'a.b'],
])('what is %s is refused with %s', async (_, code, make) => {
  await expect(verifyAssertion(await make(), expected)).rejects.toMatchObject({ code });
});

test('a statement is taken once, and none is forgotten while it is good', () => {
  const memory = createReplayMemory(clock, 2);
  const until = clock.now() + 10;
  expect([memory.take('a', until), memory.take('a', until), memory.take('b', until)]).toEqual([true, false, true]);
  expect(() => memory.take('c', until)).toThrow(expect.objectContaining({ code: 'OVERLOADED' }));
});
