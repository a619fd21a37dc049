import { describe, expect, test } from '@jest/globals';

import { createUsageSampler, memoryUsageMiB } from '../../../../src/drivers/libvirt/usage.ts';

const second = 1e9;

function createSampler(): { at: (ms: number, cpuTimeNs: number, cpus?: number) => number | null; forget: () => void } {
  let now = 0;
  const sampler = createUsageSampler({ now: () => now, sleep: () => Promise.resolve(), after: () => () => undefined });
  return {
    at(ms, cpuTimeNs, cpus = 1) {
      now = ms;
      return sampler.cpuUsage('u', new Map([['cpu.time', cpuTimeNs]]), cpus);
    },
    forget: () => sampler.forget('u'),
  };
}

describe('CPU usage', () => {
  test('is the share of all CPUs between two looks', () => {
    const { at } = createSampler();
    expect(at(0, 5 * second, 2)).toBeNull();
    expect(at(10_000, 10 * second, 2)).toBe(0.25);
    expect(at(20_000, 10 * second, 2)).toBe(0);
  });

  test('is never above 1', () => {
    const { at } = createSampler();
    at(0, 0);
    expect(at(1_000, 3 * second)).toBe(1);
  });

  test('stays as it was when the next look comes too soon', () => {
    const { at } = createSampler();
    at(0, 0);
    expect(at(1_000, second / 2)).toBe(0.5);
    expect(at(1_010, second)).toBe(0.5);
    expect(at(3_000, second / 2)).toBe(0);
  });

  test('starts again after a restart of the machine, and when it was forgotten', () => {
    const { at, forget } = createSampler();
    at(0, 100 * second);
    expect(at(10, second)).toBeNull();
    expect(at(2_010, 2 * second)).toBe(0.5);
    forget();
    expect(at(3_010, 3 * second)).toBeNull();
  });
});

describe('memory usage', () => {
  test('is what the guest says, else what the emulator holds, at most what the guest has', () => {
    const guest = { 'balloon.available': 8192, 'balloon.usable': 2048, 'balloon.unused': 1024, 'balloon.rss': 99_999 };
    expect(memoryUsageMiB(new Map(Object.entries(guest)))).toBe(6);
    expect(memoryUsageMiB(new Map(Object.entries({ 'balloon.rss': 40_960, 'balloon.current': 16_384 })))).toBe(16);
    expect(memoryUsageMiB(new Map(Object.entries({ 'balloon.current': 16_384 })))).toBeNull();
  });
});
