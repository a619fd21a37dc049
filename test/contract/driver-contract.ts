import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { SitewideError } from '../../src/core/errors.ts';
import type { Driver } from '../../src/drivers/driver.ts';
import type { PowerState } from '../../src/model/vm.ts';
import { eventually } from './eventually.ts';
import { expectReferencesResolve, expectUniqueIds, expectValuesInRange } from './expect-inventory.ts';
import { recordWatch, replay, sawRemoval, sawVm } from './watch-recorder.ts';

// What every driver promises, told as claims about a real manager. A driver's own test file brings the manager as a
// harness; what only that manager does is tested there, not here.

/** A virtual machine as its manager itself tells it, not through the driver. */
export interface ManagerFact {
  readonly localId: string;
  readonly name: string;
  readonly powerState: PowerState;
}

/** A running manager with at least three machines in it, and the means to change it behind the driver's back. */
export interface DriverHarness extends AsyncDisposable {
  /** A new driver for this manager; the suite disposes it. */
  createDriver(): Driver;
  facts(): Promise<readonly ManagerFact[]>;
  /** Creates a machine and gives its local id. */
  addVm(): Promise<string>;
  removeVm(localId: string): Promise<void>;
  /** From STOPPED to RUNNING. */
  readonly startVm?: (localId: string) => Promise<void>;
  /** From RUNNING to PAUSED. */
  readonly pauseVm?: (localId: string) => Promise<void>;
  /** From PAUSED to RUNNING. */
  readonly resumeVm?: (localId: string) => Promise<void>;
  /** From RUNNING to STOPPED. */
  readonly stopVm?: (localId: string) => Promise<void>;
  /** Ends the manager at once, as a crash does. */
  readonly stopManager?: () => Promise<void>;
  /** Starts it again at the same address. */
  readonly startManager?: () => Promise<void>;
  /** Makes it silent without closing anything, as SIGSTOP does. */
  readonly hangManager?: () => Promise<void>;
  readonly unhangManager?: () => Promise<void>;
}

/** A hook that a manager may be unable to offer. */
export type OptionalHook =
  'startVm' | 'pauseVm' | 'resumeVm' | 'stopVm' | 'stopManager' | 'startManager' | 'hangManager' | 'unhangManager';

interface ContractOptions {
  /** Why a hook is not offered. The claims that need it are reported as skipped, with this reason. */
  readonly cannot?: Partial<Record<OptionalHook, string>>;
}

/** How soon a driver has to be back after its signal aborted, in milliseconds: no round trip may be in the way. */
const promptMs = 1_000;
/** How long a wait on a hanging manager lasts before the test ends it, in milliseconds. */
const patienceMs = 300;

/** Tests one driver against the contract. A hook that is missing without a reason in `cannot` fails its claims. */
export function describeDriverContract(
  name: string,
  createHarness: () => Promise<DriverHarness>,
  { cannot = {} }: ContractOptions = {},
): void {
  let harness: DriverHarness;
  let created: DriverHarness | null = null;

  function claim(text: string, needs: readonly OptionalHook[], run: () => Promise<void>): void {
    const reasons = needs.flatMap((hook) => (cannot[hook] === undefined ? [] : [`${hook}: ${cannot[hook]}`]));
    if (reasons.length === 0) {
      test(text, run);
      return;
    }
    process.stderr.write(`NOT TESTED for ${name}: "${text}", because the manager cannot ${reasons.join('; ')}\n`);
    test.skip(`${text} (the manager cannot ${reasons.join('; ')})`, run);
  }

  function hook<Name extends OptionalHook>(wanted: Name): NonNullable<DriverHarness[Name]> {
    const found = harness[wanted];
    if (found === undefined) {
      throw new Error(`The harness of ${name} has neither ${wanted} nor a reason in "cannot" for its absence.`);
    }
    return found;
  }

  async function expectAgreement(driver: Driver): Promise<void> {
    await eventually(async () => {
      const { VirtualMachine } = await driver.inventory(AbortSignal.timeout(30_000));
      expect(factsOf(VirtualMachine)).toEqual(factsOf(await harness.facts()));
    });
  }

  describe(`the ${name} driver keeps the driver contract:`, () => {
    beforeAll(async () => {
      created = await createHarness();
      harness = created;
    });
    afterAll(async () => {
      await created?.[Symbol.asyncDispose]();
    });

    claim('its inventory agrees with what the manager itself says', [], async () => {
      await using driver = harness.createDriver();
      expect((await harness.facts()).length).toBeGreaterThanOrEqual(3);
      await expectAgreement(driver);
    });

    claim('its inventory is whole: ids are unique, references resolve, values are in range', [], async () => {
      await using driver = harness.createDriver();
      const inventory = await driver.inventory(AbortSignal.timeout(30_000));
      expectUniqueIds(inventory);
      expectReferencesResolve(inventory);
      expectValuesInRange(inventory);
    });

    claim('the first batch of a watch is empty', [], async () => {
      await using driver = harness.createDriver();
      await using watch = recordWatch(driver);
      await watch.inForce;
      expect(watch.batches[0]).toEqual([]);
    });

    claim('a machine that comes and goes shows up as an upsert and a removal', [], async () => {
      await using driver = harness.createDriver();
      await using watch = recordWatch(driver);
      await watch.inForce;
      const localId = await harness.addVm();
      const fact = (await harness.facts()).find((known) => known.localId === localId);
      await sawVm(watch, localId, { ...fact });
      await harness.removeVm(localId);
      await sawRemoval(watch, localId);
    });

    const powerHooks = ['startVm', 'pauseVm', 'resumeVm', 'stopVm'] as const;
    claim('every change of a power state shows up', powerHooks, async () => {
      await using driver = harness.createDriver();
      await using watch = recordWatch(driver);
      await watch.inForce;
      const localId = await harness.addVm();
      const { powerState } = await sawVm(watch, localId);
      if (powerState === 'RUNNING') {
        await hook('stopVm')(localId);
        await sawVm(watch, localId, { powerState: 'STOPPED', cpuUsage: null, bootedAt: null });
      }
      await hook('startVm')(localId);
      await sawVm(watch, localId, { powerState: 'RUNNING' });
      await hook('pauseVm')(localId);
      await sawVm(watch, localId, { powerState: 'PAUSED' });
      await hook('resumeVm')(localId);
      await sawVm(watch, localId, { powerState: 'RUNNING' });
      await hook('stopVm')(localId);
      await sawVm(watch, localId, { powerState: 'STOPPED', cpuUsage: null, bootedAt: null });
      await harness.removeVm(localId);
    });

    claim('an inventory taken after the first batch, with the changes since, is the truth', [], async () => {
      await using driver = harness.createDriver();
      await using watch = recordWatch(driver);
      await watch.inForce;
      const before = await harness.addVm();
      const taking = driver.inventory(AbortSignal.timeout(30_000));
      const during = await harness.addVm();
      await harness.removeVm(before);
      const inventory = await taking;
      const after = await harness.addVm();
      await harness.removeVm(during);
      await eventually(async () => {
        const seen = [...replay(inventory, watch.changes()).values()];
        expect(factsOf(seen)).toEqual(factsOf(await harness.facts()));
      });
      await harness.removeVm(after);
    });

    claim('two drivers see the same machine come', [], async () => {
      await using one = harness.createDriver();
      await using other = harness.createDriver();
      await using watchOfOne = recordWatch(one);
      await using watchOfOther = recordWatch(other);
      await Promise.all([watchOfOne.inForce, watchOfOther.inForce]);
      const localId = await harness.addVm();
      const [name, nameOfOther] = await Promise.all([sawVm(watchOfOne, localId), sawVm(watchOfOther, localId)]).then(
        (vms) => vms.map((vm) => vm.name),
      );
      expect(name).toBe(nameOfOther);
      await harness.removeVm(localId);
    });

    claim('abort ends a watch quietly', [], async () => {
      await using driver = harness.createDriver();
      await using watch = recordWatch(driver);
      await watch.inForce;
      watch.abort();
      expect(await within(promptMs, watch.end)).toEqual({ type: 'ended' });
    });

    claim('abort ends an inventory with the reason of the signal', [], async () => {
      await using driver = harness.createDriver();
      const controller = new AbortController();
      const reason = new Error('The caller went away.');
      const taking = driver.inventory(controller.signal);
      controller.abort(reason);
      await expect(within(promptMs, taking)).rejects.toBe(reason);
      await expect(within(promptMs, driver.inventory(controller.signal))).rejects.toBe(reason);
    });

    claim('a hanging manager does not outlive the signal', ['hangManager', 'unhangManager'], async () => {
      await using driver = harness.createDriver();
      await using watch = recordWatch(driver);
      await watch.inForce;
      await hook('hangManager')();
      try {
        const reason = new Error('The deadline has passed.');
        const controller = new AbortController();
        setTimeout(() => controller.abort(reason), patienceMs);
        await expect(within(patienceMs + promptMs, driver.inventory(controller.signal))).rejects.toBe(reason);
        watch.abort();
        expect(await within(promptMs, watch.end)).toEqual({ type: 'ended' });
      } finally {
        await hook('unhangManager')();
      }
      await expectAgreement(driver);
    });

    claim('a lost manager is reported, and its return is found', ['stopManager', 'startManager'], async () => {
      await using driver = harness.createDriver();
      await using watch = recordWatch(driver);
      await watch.inForce;
      await hook('stopManager')();
      try {
        const end = await within(10_000, watch.end);
        expect(end).toEqual({ type: 'threw', error: expect.any(SitewideError) });
        expect(end.type === 'threw' && (end.error as SitewideError).code).toMatch(/^DRIVER_/);
        const refusal = driver.inventory(AbortSignal.timeout(10_000));
        await expect(refusal).rejects.toMatchObject({ name: 'SitewideError', code: 'DRIVER_UNREACHABLE' });
        await using early = recordWatch(driver);
        await expect(early.inForce).rejects.toMatchObject({ name: 'SitewideError', code: 'DRIVER_UNREACHABLE' });
      } finally {
        await hook('startManager')();
      }
      await using again = recordWatch(driver);
      await again.inForce;
      await expectAgreement(driver);
      const localId = await harness.addVm();
      await sawVm(again, localId);
      await harness.removeVm(localId);
    });
  });
}

/** What can be compared between a driver and its manager: ids, names and power states, sorted by id. */
function factsOf(machines: readonly ManagerFact[]): ManagerFact[] {
  return machines
    .map(({ localId, name, powerState }) => ({ localId, name, powerState }))
    .sort((a, b) => (a.localId < b.localId ? -1 : 1));
}

/** The promise's result, or an error that says what took too long. */
async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Not done within ${milliseconds} ms.`)), milliseconds);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
