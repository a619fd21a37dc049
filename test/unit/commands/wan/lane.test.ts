import { describe, expect, test } from '@jest/globals';

import { createLane, type LaneShape } from '../../../../src/commands/wan/lane.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

/** 1 Mbit/s: 125 bytes take a millisecond. */
const shape: LaneShape = { delayMs: 40, jitterMs: 0, bitsPerSecond: 1_000_000 };

function laneWith(changes: Partial<LaneShape>, random = () => 0) {
  const clock = createManualClock(0);
  const arrived: string[] = [];
  const lane = createLane({ shape: { ...shape, ...changes }, clock, random });
  const carry = (name: string, bytes: number): void =>
    lane.carry(bytes, () => arrived.push(`${name} ${Math.round(clock.now())}`));
  return { clock, arrived, lane, carry };
}

describe('a lane', () => {
  test('delivers the last byte after its delay and the time that all bytes take', async () => {
    const { clock, arrived, carry } = laneWith({});
    carry('a', 1_250);
    await clock.advance(49);
    expect(arrived).toEqual([]);
    await clock.advance(1);
    expect(arrived).toEqual(['a 50']);
  });

  test('shares its rate among all, in the order in which they came', async () => {
    const { clock, arrived, carry } = laneWith({});
    carry('a', 1_250);
    carry('b', 1_250);
    carry('sign', 0);
    await clock.advance(100);
    expect(arrived).toEqual(['a 50', 'b 60', 'sign 60']);
  });

  test('is free again when nothing was sent for a while', async () => {
    const { clock, arrived, carry } = laneWith({});
    carry('a', 125);
    await clock.advance(100);
    carry('b', 125);
    await clock.advance(100);
    expect(arrived).toEqual(['a 41', 'b 141']);
  });

  test('keeps the order, whatever the jitter', async () => {
    const chances = [0.9, 0.1, 0.5];
    const { clock, arrived, carry } = laneWith({ jitterMs: 100 }, () => chances.shift()!);
    ['a', 'b', 'c'].forEach((name) => carry(name, 0));
    await clock.advance(200);
    expect(arrived).toEqual(['a 130', 'b 130', 'c 130']);
  });

  test('takes another shape while something is under way', async () => {
    const { clock, arrived, carry, lane } = laneWith({});
    carry('a', 0);
    lane.shape = { ...shape, delayMs: 100, bitsPerSecond: Infinity };
    carry('b', 1_000_000);
    await clock.advance(200);
    expect(arrived).toEqual(['a 40', 'b 100']);
  });

  test('allows a connection twice what can be under way, and never less or more than systems do', () => {
    const { lane } = laneWith({});
    expect(lane.windowBytes).toBe(262_144);
    lane.shape = { ...shape, bitsPerSecond: 100_000_000 };
    expect(lane.windowBytes).toBe(1_000_000);
    lane.shape = { ...shape, bitsPerSecond: Infinity };
    expect(lane.windowBytes).toBe(16_777_216);
  });

  test('drops what is under way at its end', async () => {
    const { clock, arrived, carry, lane } = laneWith({});
    carry('a', 0);
    lane[Symbol.dispose]();
    await clock.advance(100);
    expect(arrived).toEqual([]);
  });
});
