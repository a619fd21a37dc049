import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { createTransport } from '../../src/client/transport.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Random } from '../../src/drivers/simulator/random.ts';
import type { KnownVm } from './chaos-inventory.ts';
import type { ChaosBroker, ChaosSite } from './chaos-site.ts';

// Operations on a site whose brokers are killed and stopped meanwhile: a client that sends each until somebody accepts it,
// with one key for all attempts, and a script that never leaves an installation without a broker.

/** What one client asked for. */
export interface AskedOperation {
  readonly key: string;
  readonly installation: string;
  /** False for what may be done at most once. */
  readonly observable: boolean;
  readonly what: string;
  /** The local id of the operation. */
  readonly localId: string;
  /** How often it was sent. */
  readonly sent: number;
}

interface Wanted {
  readonly what: string;
  readonly observable: boolean;
  readonly field: string;
  readonly inputType: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const acceptWithinMs = 30_000;

/** Something that is possible with a machine in its present state. */
function chooseChange(vm: KnownVm, random: Random): Wanted {
  const power = (action: string): Wanted => ({
    what: action,
    observable: action !== 'RESET' && action !== 'REBOOT',
    field: 'setPowerState',
    inputType: 'SetPowerStateInput',
    input: { id: vm.id, action },
  });
  const reconfigure: Wanted = {
    what: 'RECONFIGURE',
    observable: true,
    field: 'reconfigureVirtualMachine',
    inputType: 'ReconfigureVirtualMachineInput',
    input: { id: vm.id, cpuCount: vm.cpuCount + 1 },
  };
  const snapshot: Wanted = {
    what: 'SNAPSHOT',
    observable: true,
    field: 'createSnapshot',
    inputType: 'CreateSnapshotInput',
    input: { id: vm.id, name: 'chaos' },
  };
  switch (vm.powerState) {
    case 'RUNNING':
      return random.pick([
        ...['FORCE_STOP', 'SHUTDOWN', 'PAUSE', 'SUSPEND', 'RESET', 'REBOOT'].map(power),
        reconfigure,
        snapshot,
      ]);
    case 'PAUSED':
      return random.pick([power('RESUME'), snapshot]);
    default:
      return random.pick([power('START'), reconfigure]);
  }
}

/** Sends a change to any broker of the site until one accepts it. */
export async function askForChange(site: ChaosSite, vm: KnownVm, random: Random): Promise<AskedOperation> {
  const { what, observable, field, inputType, input } = chooseChange(vm, random);
  const key = randomUUID();
  const text = `mutation($input: ${inputType}!) {
    ${field}(input: $input) { operation { localId } userErrors { code message } }
  }`;
  const until = Date.now() + acceptWithinMs;
  for (let sent = 1; ; sent += 1) {
    // A broker at a time, so that each attempt is one of this client's own.
    const endpoint = random.pick(site.endpoints);
    const problem = await attempt(endpoint, { text, input: { ...input, idempotencyKey: key } });
    if (typeof problem === 'object') {
      const { localId } = problem;
      return { key, installation: vm.installation, observable, what, localId, sent };
    }
    if (Date.now() > until) {
      throw new Error(`${what} of ${vm.name} (${vm.powerState}) was not accepted: ${problem}`);
    }
    await delay(100);
  }
}

interface Payload {
  readonly operation: { readonly localId: string } | null;
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

/** The operation, or what kept it from being accepted. */
async function attempt(
  endpoint: string,
  { text, input }: { readonly text: string; readonly input: unknown },
): Promise<{ readonly localId: string } | string> {
  const transport = createTransport({ endpoints: [endpoint], clock: systemClock });
  const { signal } = new AbortController();
  try {
    const { data, errors } = await transport.request(text, { input }, { signal, timeoutMs: 3_000 });
    const payload = Object.values(data ?? {})[0] as Payload | null | undefined;
    return payload?.operation ?? JSON.stringify(payload?.userErrors.length ? payload.userErrors : errors);
  } catch (thrown) {
    return String(thrown);
  }
}

/** Kills and stops brokers until the signal, all but one of each installation at a time; gives how often. */
export async function disturbBrokers(
  site: ChaosSite,
  { random, signal }: { readonly random: (installation: string) => Random; readonly signal: AbortSignal },
): Promise<{ readonly killed: number; readonly stopped: number }> {
  const done = { killed: 0, stopped: 0 };
  const wait = (milliseconds: number): Promise<unknown> =>
    delay(milliseconds, undefined, { signal }).catch(() => undefined);
  const disturb = async (broker: ChaosBroker, chance: Random): Promise<void> => {
    if (chance.chance(0.5)) {
      await broker.kill();
      done.killed += 1;
      await wait(chance.between(200, 1_500));
      broker.start();
    } else {
      broker.signal('SIGSTOP');
      done.stopped += 1;
      // Longer than a lease as often as not.
      await wait(chance.between(500, 8_000));
      broker.signal('SIGCONT');
    }
    await broker.healthy();
  };
  await Promise.all(
    site.installations.map(async (installation) => {
      const chance = random(installation);
      const well = site.brokers.filter((broker) => broker.installation === installation);
      const one = async (): Promise<void> => {
        while (!signal.aborted) {
          await wait(chance.between(100, 1_000));
          if (signal.aborted) return;
          const broker = well.splice(chance.between(0, well.length - 1), 1)[0]!;
          await disturb(broker, chance);
          well.push(broker);
        }
      };
      await Promise.all(well.slice(1).map(one));
    }),
  );
  return done;
}
