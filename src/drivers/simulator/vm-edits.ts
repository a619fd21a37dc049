import { SitewideError } from '../../core/errors.ts';
import type { Host } from '../../model/host.ts';
import type { Vm } from '../../model/vm.ts';
import { withPowerState } from './power.ts';
import type { VmSpec } from './protocol.ts';
import type { Random } from './random.ts';

// What becomes of a machine when a caller asks for a change. Pure but for chance.

interface EditOptions {
  readonly hosts: readonly Host[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: Random;
}

/**
 * The machine as the specification wants it; what that leaves out stays.
 * @throws SitewideError INVALID_ARGUMENT if it names a host that is not there.
 */
export function edited(vm: Vm, spec: VmSpec, { hosts, now, random }: EditOptions): Vm {
  const { powerState = vm.powerState, host, ...fields } = spec;
  const changed: Vm = { ...vm, ...withoutUndefined(fields), host: host === undefined ? vm.host : hostOf(host, hosts) };
  const powered = powerState === vm.powerState ? changed : withPowerState(changed, powerState, { now, random });
  // Less memory than was in use until now cannot all be in use.
  const { memoryMiB, memoryUsageMiB } = powered;
  return memoryMiB !== null && memoryUsageMiB !== null && memoryUsageMiB > memoryMiB
    ? { ...powered, memoryUsageMiB: memoryMiB }
    : powered;
}

function hostOf(localId: string | null, hosts: readonly Host[]): Vm['host'] {
  if (localId === null) {
    return null;
  }
  const host = hosts.find((known) => known.localId === localId);
  if (host === undefined) {
    const known = hosts.length === 1 ? 'host-1' : `host-1 to host-${hosts.length}`;
    throw new SitewideError('INVALID_ARGUMENT', {
      argument: 'host',
      problem: `there is no such host, the hosts are ${known}`,
      found: JSON.stringify(localId),
    });
  }
  return { localId: host.localId, name: host.name };
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function withoutUndefined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
