import { describe, expect, test } from '@jest/globals';

import { createChainCheck } from '../../../src/cli/audit/chain.ts';
import { chainHash, type ChainLink, noHash } from '../../../src/core/hash-chain.ts';

/** A chain of so many events. */
function chainOf(length: number): ChainLink[] {
  const events: ChainLink[] = [];
  for (let sequence = 1; sequence <= length; sequence += 1) {
    const previousHash = events.at(-1)?.hash ?? noHash;
    const event = { sequence, at: 1_000 * sequence, previousHash, record: `{"actor":"user-${sequence}"}` };
    events.push({ ...event, hash: chainHash(event) });
  }
  return events;
}

function problemsIn(events: readonly ChainLink[]): readonly number[] {
  const check = createChainCheck();
  events.forEach(check.add);
  return check.report.problems.map(({ sequence }) => sequence);
}

/** With a hash that fits, as somebody makes it who knows how. */
function forged(event: ChainLink, given: Partial<ChainLink>): ChainLink {
  const changed = { ...event, ...given };
  return { ...changed, hash: chainHash(changed) };
}

describe('a chain', () => {
  const whole = chainOf(6);

  test('is sound as it was written, also when its beginning is no longer kept', () => {
    expect(problemsIn(whole)).toEqual([]);
    expect(problemsIn(whole.slice(3))).toEqual([]);
    expect(problemsIn([])).toEqual([]);
  });

  test('reports where it begins and ends', () => {
    const hashes: string[] = [];
    const check = createChainCheck((hash) => hashes.push(hash));
    whole.slice(2).forEach(check.add);
    expect(check.report).toMatchObject({ events: 4, first: 3, last: 6, hash: whole[5]!.hash });
    expect(hashes).toEqual(whole.slice(2).map(({ hash }) => hash));
  });

  test.each<[string, (events: ChainLink[]) => ChainLink[], readonly number[]]>([
    ['altered', (events) => events.with(2, { ...events[2]!, record: '{}' }), [3]],
    ['dated otherwise', (events) => events.with(2, { ...events[2]!, at: 2_500 }), [3]],
    ['altered with a hash that fits', (events) => events.with(2, forged(events[2]!, { record: '{}' })), [4]],
    ['taken out', (events) => events.toSpliced(2, 1), [4]],
    ['taken out and numbered anew', (events) => events.toSpliced(2, 2, forged(events[3]!, { sequence: 3 })), [3, 5]],
    ['put in', (events) => events.toSpliced(2, 0, forged(events[1]!, { at: 2_500 })), [2, 3]],
    ['moved', (events) => [events[0]!, events[2]!, events[1]!, ...events.slice(3)], [3, 2, 2, 4]],
    ['cut at the beginning and numbered anew', (events) => [forged(events[1]!, { sequence: 1 })], [1]],
  ])('in which an event was %s is not', (_, change, at) => {
    expect(problemsIn(change(chainOf(6)))).toEqual(at);
  });

  test('of which nothing is right says so without end', () => {
    const check = createChainCheck();
    chainOf(50).forEach((event) => check.add({ ...event, record: '{}' }));
    expect(check.report).toMatchObject({ events: 50, furtherProblems: 30 });
    expect(check.report.problems).toHaveLength(20);
  });
});
