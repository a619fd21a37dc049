import { beforeEach, describe, expect, test } from '@jest/globals';

import {
  createLiveParts,
  keptMs,
  type LiveParts,
  type ToldPage,
  unnoticedMs,
} from '../../../src/gateway/live-parts.ts';
import { identifyInstallation, identifySite, type Source } from '../../../src/gateway/source.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';

// How it stands with the sources of a live page as time goes by.

let clock: ManualClock;
let parts: LiveParts;

const never: Source['ask'] = () => {
  throw new Error('Live pages are told, not asked.');
};
const oslo: Source = { ...identifySite('oslo', ['oslo-a', 'oslo-b']), ask: never };
const lyon: Source = { ...identifyInstallation('lyon', 'lyon-a'), ask: never };

const page: ToldPage = {
  reply: { value: { sw__rows: [{ cursor: 'c' }] }, errors: [], coverage: null },
  endpoint: 'http://oslo-a-1',
  attempts: 1,
  latencyMs: 3,
};
const refused: ToldPage = { ...page, reply: { value: null, errors: [{ message: 'No.' }], coverage: null } };

beforeEach(() => {
  clock = createManualClock();
  parts = createLiveParts({ clock, timeoutMs: 4_500 });
  parts.expect(oslo);
});

const now = (): readonly [status: string, rows: number | null, nested: readonly string[]] => {
  const { record, nested } = parts.readings()[0]!;
  return [record.status, record.rows, nested.map(({ status }) => status)];
};

describe('a source of a live page', () => {
  test('is PENDING with all its installations until it tells a page, or its time is over', async () => {
    expect(now()).toEqual(['PENDING', null, ['PENDING', 'PENDING']]);
    expect(parts.dueInMs()).toBe(4_500);
    await clock.advance(4_500);
    expect(now()).toEqual(['TIMEOUT', null, ['TIMEOUT', 'TIMEOUT']]);
    parts.page('site:oslo', page);
    expect(now()).toEqual(['OK', 1, ['OK', 'OK']]);
    expect(parts.dueInMs()).toBeNull();
  });

  test('is UNREACHABLE as soon as all its brokers were asked in vain', () => {
    parts.away('site:oslo', { status: 'UNREACHABLE', message: 'connection refused' });
    expect(now()).toEqual(['UNREACHABLE', null, ['UNREACHABLE', 'UNREACHABLE']]);
  });

  test('that is lost is as it was for a moment, STALE for a while, and then without its rows', async () => {
    parts.page('site:oslo', page);
    parts.lost('site:oslo', 'it hung up');
    expect(now()).toEqual(['OK', 1, ['OK', 'OK']]);
    expect(parts.dueInMs()).toBe(unnoticedMs);
    await clock.advance(unnoticedMs);
    expect(now()).toEqual(['STALE', 1, ['STALE', 'STALE']]);
    expect(parts.readings()[0]!.record.message).toContain('it hung up');
    parts.lost('site:oslo', 'it hung up again');
    expect(parts.dueInMs()).toBe(keptMs - unnoticedMs);
    await clock.advance(keptMs - unnoticedMs);
    expect(now()).toEqual(['UNREACHABLE', null, ['UNREACHABLE', 'UNREACHABLE']]);
    expect(parts.readings()[0]!.value).toBeNull();
    parts.page('site:oslo', page);
    expect(now()).toEqual(['OK', 1, ['OK', 'OK']]);
  });

  test('that is lost and whose brokers were all asked in vain is STALE at once', () => {
    parts.page('site:oslo', page);
    parts.lost('site:oslo', 'it hung up');
    parts.away('site:oslo', { status: 'UNREACHABLE', message: 'connection refused' });
    expect(now()).toEqual(['STALE', 1, ['STALE', 'STALE']]);
  });

  test('that has nothing but an error has no rows that could be old', async () => {
    parts.page('site:oslo', refused);
    expect(now()[0]).toBe('ERROR');
    parts.lost('site:oslo', 'it hung up');
    await clock.advance(unnoticedMs);
    expect(now()).toEqual(['UNREACHABLE', null, ['UNREACHABLE', 'UNREACHABLE']]);
  });

  test('that has other installations by now keeps its page, and has those once nothing is known of it any more', async () => {
    parts.page('site:oslo', page);
    parts.renew({ ...identifySite('oslo', ['oslo-a', 'oslo-b', 'oslo-c']), ask: never });
    expect(now()).toEqual(['OK', 1, ['OK', 'OK']]);
    parts.lost('site:oslo', 'it hung up');
    await clock.advance(keptMs);
    expect(now()).toEqual(['UNREACHABLE', null, ['UNREACHABLE', 'UNREACHABLE', 'UNREACHABLE']]);
  });

  test('that has left is not heard any more', () => {
    parts.expect(lyon);
    parts.forget('site:oslo');
    expect(parts.page('site:oslo', page)).toBeNull();
    parts.lost('site:oslo', 'it left');
    parts.away('site:oslo', { status: 'UNREACHABLE', message: 'it left' });
    expect(parts.readings().map(({ source }) => source.id)).toEqual(['installation:lyon-a']);
  });
});
