import { expect } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import type { Driver } from '../../src/drivers/driver.ts';
import { createSimulatorDriver } from '../../src/drivers/simulator/driver.ts';
import type { Simulator } from '../../src/drivers/simulator/server.ts';
import type { InventoryFeed } from '../../src/inventory/inventory.ts';
import { createSharedInventory } from '../../src/inventory/shared-inventory.ts';
import { createDatabase } from '../../src/store/database.ts';
import { eventually } from '../contract/eventually.ts';
import { simulatorConsole } from './simulator.ts';

// Brokers of one installation as far as its inventory goes: a driver, a database and nothing else.

/** An inventory as a broker has it, and how often it watches the manager now. */
export interface FeedMember extends AsyncDisposable {
  readonly feed: InventoryFeed;
  watches(): number;
}

/**
 * Lets one join.
 * @param change What its driver does otherwise.
 */
export function joinFeed(
  databaseUrl: string,
  simulatorUrl: string,
  owner: string,
  change: Partial<Driver> = {},
): FeedMember {
  const driver = createSimulatorDriver({ url: simulatorUrl, clock: systemClock });
  let watches = 0;
  const counting: Driver = {
    ...driver,
    ...change,
    async *watch(signal) {
      watches += 1;
      try {
        yield* driver.watch(signal);
      } finally {
        watches -= 1;
      }
    },
  };
  const database = createDatabase({ url: databaseUrl, clock: systemClock });
  const setup = { driver: counting, installation: 'a', clock: systemClock, random: Math.random };
  const feed = createSharedInventory({ ...setup, database, owner });
  return {
    feed,
    watches: () => watches,
    async [Symbol.asyncDispose]() {
      await feed[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
      await driver[Symbol.asyncDispose]();
    },
  };
}

/** The names of the machines that it knows. */
export const namesOf = ({ feed }: FeedMember): string[] =>
  Array.from(feed.current().snapshot?.rows('VirtualMachine') ?? [], ({ name }) => name).sort();

/** The names of the machines that there are. */
export async function truth(simulator: Simulator): Promise<string[]> {
  return (await simulatorConsole(simulator.url).vms()).map(({ name }) => name).sort();
}

/** How far it has got. */
export const revisionOf = ({ feed }: FeedMember): number => feed.current().snapshot?.revision ?? 0;

/** Waits until they know what there is, each at the same revision. */
export async function untilCurrent(simulator: Simulator, ...members: FeedMember[]): Promise<void> {
  await eventually(async () => {
    const wanted = await truth(simulator);
    for (const member of members) {
      expect(member.feed.current()).toMatchObject({ status: 'OK', message: null });
      expect(namesOf(member)).toEqual(wanted);
      expect(revisionOf(member)).toBe(revisionOf(members[0]!));
    }
  });
}
