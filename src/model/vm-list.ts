import { encodeId } from '../core/ids.ts';
import * as condition from './condition.ts';
import type { FilterConnectives, Predicate } from './filter.ts';
import type { ListSpec } from './list.ts';
import type { Row } from './resource.ts';
import type { PowerState } from './vm.ts';

// How virtual machines are sorted and filtered: the code beside the enum and the input of schema/vm.graphql.

/** What machines may be sorted by. */
export type VmOrderField =
  'NAME' | 'POWER_STATE' | 'CPU_COUNT' | 'MEMORY' | 'HOST' | 'INSTALLATION' | 'CREATED_AT' | 'BOOTED_AT';

/** Which machines are wanted. */
export interface VmFilter extends FilterConnectives<VmFilter> {
  readonly id?: condition.IdFilter | null | undefined;
  readonly name?: condition.StringFilter | null | undefined;
  readonly powerState?: readonly PowerState[] | null | undefined;
  readonly cpuCount?: condition.NumberFilter | null | undefined;
  readonly memoryMiB?: condition.NumberFilter | null | undefined;
  readonly guestOs?: condition.StringFilter | null | undefined;
  /** On the host's name. */
  readonly host?: condition.StringFilter | null | undefined;
  /** On the host's global id. */
  readonly hostId?: condition.IdFilter | null | undefined;
  readonly installation?: condition.IdFilter | null | undefined;
  readonly ipAddress?: condition.StringFilter | null | undefined;
  readonly label?: readonly condition.LabelFilter[] | null | undefined;
  readonly createdAt?: condition.NumberFilter | null | undefined;
  readonly bootedAt?: condition.NumberFilter | null | undefined;
  readonly cpuUsage?: condition.NumberFilter | null | undefined;
  readonly memoryUsageMiB?: condition.NumberFilter | null | undefined;
}

type VmRow = Row<'VirtualMachine'>;

/** The list of virtual machines. */
export const vmList: ListSpec<VmRow, VmOrderField, VmFilter> = {
  order: {
    NAME: (vm) => vm.name,
    POWER_STATE: (vm) => vm.powerState,
    CPU_COUNT: (vm) => vm.cpuCount,
    MEMORY: (vm) => vm.memoryMiB,
    HOST: (vm) => vm.host?.name ?? null,
    INSTALLATION: (vm) => vm.installation,
    CREATED_AT: (vm) => vm.createdAt,
    BOOTED_AT: (vm) => vm.bootedAt,
  },
  defaultOrder: { field: 'NAME', direction: 'ASC' },
  filter: {
    id: condition.id((vm) => vm.id),
    name: condition.text((vm) => vm.name),
    powerState: condition.oneOf((vm) => vm.powerState),
    cpuCount: condition.number((vm) => vm.cpuCount),
    memoryMiB: condition.number((vm) => vm.memoryMiB),
    guestOs: condition.text((vm) => vm.guestOs),
    host: condition.text((vm) => vm.host?.name ?? null),
    hostId: onHostId,
    installation: condition.id((vm) => vm.installation),
    ipAddress: condition.anyText((vm) => vm.ipAddresses),
    label: condition.labels((vm) => vm.labels),
    createdAt: condition.number((vm) => vm.createdAt),
    bootedAt: condition.number((vm) => vm.bootedAt),
    cpuUsage: condition.number((vm) => vm.cpuUsage),
    memoryUsageMiB: condition.number((vm) => vm.memoryUsageMiB),
  },
};

/** The global id of the machine's host; null if it has none. */
export function hostIdOf(vm: VmRow): string | null {
  return vm.host === null ? null : encodeId({ type: 'Host', installation: vm.installation, localId: vm.host.localId });
}

/** Machines share a few hosts, so that each host's id is made once for a filter instead of once for a machine. */
function onHostId(filter: condition.IdFilter): Predicate<VmRow> {
  const ids = new Map<string, string | null>();
  const holds = condition.id((vm: VmRow) => {
    const known = vm.host === null ? null : ids.get(vm.host.localId);
    if (known !== undefined) {
      return known;
    }
    const id = hostIdOf(vm);
    ids.set(vm.host!.localId, id);
    return id;
  });
  return holds(filter);
}
