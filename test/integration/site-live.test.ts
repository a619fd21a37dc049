import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ExecutionResult } from 'graphql';

import { systemClock } from '../../src/core/clock.ts';
import type { CoverageWanted, SourceCoverage } from '../../src/model/coverage.ts';
import { eventually } from '../contract/eventually.ts';
import { vm } from '../support/builders.ts';
import { type Reader, startStreamSite, type StreamSite } from '../support/stream-site.ts';

// The live page of a site: two installations, of which one is asked in process and the other at one of its two brokers over real
// sockets.

let site: StreamSite;
let reader: Reader;

const live = `subscription { virtualMachinesLive(first: 10) {
  nodes { name cpuCount } totalCount totalCountRelation coverage { complete sources { id status rows } } } }`;

/** What has been told so far, and when. */
interface Told {
  readonly at: number;
  readonly result: ExecutionResult;
}

const watch = async (text = live, wanted: Partial<CoverageWanted> = {}, timeoutMs = 5_000): Promise<Told[]> => {
  reader = await site.follow(text, { wanted, timeoutMs });
  const told: Told[] = [];
  void (async () => {
    for (let step = await reader.result(); step.done !== true; step = await reader.result()) {
      told.push({ at: systemClock.now(), result: JSON.parse(JSON.stringify(step.value)) as ExecutionResult });
    }
  })().catch(() => undefined);
  return told;
};

interface Page {
  readonly names: readonly string[];
  readonly statuses: readonly (readonly [string, string])[];
  readonly relation: string;
}

const pageOf = ({ result }: Told): Page | null => {
  const page = result.data?.['virtualMachinesLive'] as
    | {
        nodes: { name: string }[];
        totalCountRelation: string;
        coverage: { sources: SourceCoverage[] };
      }
    | null
    | undefined;
  return page
    ? {
        names: page.nodes.map(({ name }) => name),
        statuses: page.coverage.sources.map(({ id, status }) => [id.replace('installation:', ''), status] as const),
        relation: page.totalCountRelation,
      }
    : null;
};

const last = (told: readonly Told[]): Page | null => (told.length === 0 ? null : pageOf(told.at(-1)!));

const set = (installation: string, ...names: readonly string[]): void =>
  site.installations[installation]!.setMachines(names.map((name) => vm({ name })));

const whole = {
  names: ['a1', 'a2', 'b1'],
  statuses: [
    ['a', 'OK'],
    ['b', 'OK'],
  ],
  relation: 'EQUAL',
};

beforeEach(async () => {
  site = await startStreamSite({ a: ['a-1'], b: ['b-1', 'b-2'] });
  set('a', 'a1', 'a2');
  set('b', 'b1');
});
afterEach(async () => {
  reader?.stop();
  await site?.[Symbol.asyncDispose]();
});

const faultAll = (kind: 'half-open' | 'reset' | 'none'): void =>
  ['b-1', 'b-2'].forEach((broker) => site.proxies[broker]!.setFault({ kind }));

describe('a live page of a site', () => {
  test('is that of all installations, in its order', async () => {
    const told = await watch();
    await eventually(() => expect(last(told)).toEqual(whole));
    set('b', 'b1', 'a0');
    await eventually(() => expect(last(told)?.names).toEqual(['a0', 'a1', 'a2', 'b1']));
  });

  test('begins with what is there at once, and says who has not answered yet', async () => {
    faultAll('half-open');
    const startedAt = systemClock.now();
    const told = await watch();
    await eventually(() => expect(told).toHaveLength(1));
    expect(told[0]!.at - startedAt).toBeLessThan(500);
    expect(last(told)).toEqual({
      names: ['a1', 'a2'],
      statuses: [
        ['a', 'OK'],
        ['b', 'PENDING'],
      ],
      relation: 'AT_LEAST',
    });
  });

  test('takes in a source that comes late', async () => {
    faultAll('half-open');
    const told = await watch();
    await eventually(() => expect(told).toHaveLength(1));
    faultAll('none');
    await eventually(() => expect(last(told)).toEqual(whole));
  });

  test('names a source whose brokers cannot be reached, and takes it in when they can', async () => {
    faultAll('reset');
    const told = await watch();
    await eventually(() => expect(last(told)?.statuses).toContainEqual(['b', 'UNREACHABLE']));
    expect(last(told)?.names).toEqual(['a1', 'a2']);
    faultAll('none');
    await eventually(() => expect(last(told)).toEqual(whole));
  });

  test('keeps the rows of a source that is lost, and says that they are old until it is back', async () => {
    const told = await watch();
    await eventually(() => expect(last(told)).toEqual(whole));
    faultAll('reset');
    await eventually(() => expect(last(told)?.statuses).toContainEqual(['b', 'STALE']));
    expect(last(told)).toMatchObject({ names: ['a1', 'a2', 'b1'], relation: 'AT_LEAST' });
    set('b', 'b1', 'b2');
    faultAll('none');
    await eventually(() => expect(last(told)).toEqual({ ...whole, names: ['a1', 'a2', 'b1', 'b2'] }));
  });

  test('goes on at another broker without a word', async () => {
    const told = await watch();
    await eventually(() => expect(last(told)).toEqual(whole));
    const used = Object.values(site.proxies).find(({ webSockets }) => webSockets.length > 0)!;
    used.setFault({ kind: 'reset' });
    set('b', 'b2');
    await eventually(() => expect(last(told)?.names).toEqual(['a1', 'a2', 'b2']));
    expect(told.map((one) => pageOf(one)?.statuses.map(([, status]) => status)).flat()).not.toContain('STALE');
  });

  test('leaves a broker that hangs', async () => {
    const told = await watch();
    await eventually(() => expect(last(told)).toEqual(whole));
    Object.values(site.proxies)
      .find(({ webSockets }) => webSockets.length > 0)!
      .setFault({ kind: 'half-open' });
    set('b', 'b2');
    await eventually(() => expect(last(told)?.names).toEqual(['a1', 'a2', 'b2']), 10_000);
  }, 20_000);

  test('is told four times in any second at most, however fast things change, and at last as it is', async () => {
    const told = await watch();
    await eventually(() => expect(last(told)).toEqual(whole));
    const until = systemClock.now() + 2_000;
    for (let count = 0; systemClock.now() < until; count += 1) {
      set('a', 'a1', `x${count}`);
      set('b', 'b1', `y${count}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    set('a', 'a1', 'last-a');
    set('b', 'b1', 'last-b');
    await eventually(() => expect(last(told)?.names).toEqual(['a1', 'b1', 'last-a', 'last-b']));
    const times = told.map(({ at }) => at);
    expect(times.length).toBeGreaterThan(6);
    for (const from of times) {
      // The reader of this test may be a moment late.
      expect(times.filter((at) => at >= from && at < from + 950).length).toBeLessThanOrEqual(4);
    }
  });

  test('follows the members of the site', async () => {
    const told = await watch();
    await eventually(() => expect(last(told)).toEqual(whole));
    site.membership.adopt(site.siteOf(['a-1']));
    await eventually(() => expect(last(told)).toEqual({ ...whole, names: ['a1', 'a2'], statuses: [['a', 'OK']] }));
    site.membership.adopt(site.siteOf());
    await eventually(() => expect(last(told)).toEqual(whole));
  });

  test('waits for all sources where all are required, and otherwise is refused', async () => {
    const told = await watch(live, { require: 'ALL' });
    await eventually(() => expect(told.map((one) => pageOf(one))).toEqual([whole]));
    reader.stop();
    faultAll('half-open');
    await expect(watch(live, { require: 'ALL' }, 500)).rejects.toMatchObject({ code: 'COVERAGE_NOT_MET' });
  });

  test('asks only the sources that are concerned', async () => {
    const told = await watch(live, { sources: ['installation:b'] });
    await eventually(() => expect(last(told)?.names).toEqual(['b1']));
    expect(last(told)?.statuses).toEqual([
      ['a', 'SKIPPED'],
      ['b', 'OK'],
    ]);
    await expect(watch(live, { sources: ['installation:x'] })).rejects.toMatchObject({ code: 'UNKNOWN_SOURCE' });
  });

  test('refuses what is wrong with the question', async () => {
    const text = 'subscription { virtualMachinesLive(after: "x") { nodes { name } } }';
    await expect(watch(text)).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  test('leaves nothing behind when its reader goes', async () => {
    const told = await watch();
    await eventually(() => expect(last(told)).toEqual(whole));
    reader.stop();
    await eventually(() => expect(site.counted.running).toBe(0));
  });
});
