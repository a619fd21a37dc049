import type { Change, Inventory, ResourceKind, Resources } from '../../model/resource.ts';
import type { Vm } from '../../model/vm.ts';
import { usageOf } from './machine.ts';
import { powerStateOf } from './power-state.ts';
import type { Fabric } from './fabric.ts';
import { readInventory, readMachines, readMovingStats } from './read-inventory.ts';
import type { Reading } from './read-inventory.ts';
import type { DomainRef, DomainStats } from './wire-types.ts';

// What a watch has last seen of the daemon, so that it can tell what is different now.

/** The last sight of everything. Each method looks again and gives the differences. */
export interface WatchView {
  /** Looks at everything. */
  refresh(signal: AbortSignal): Promise<Change[]>;
  /** Looks at these machines, and tells of each of them, changed or not: something happened to it. */
  reread(domains: readonly DomainRef[], signal: AbortSignal): Promise<Change[]>;
  /** Looks at what moves by itself, and at the machines whose state is not as last seen. */
  refreshStats(signal: AbortSignal): Promise<Change[]>;
}

/** The order in which a refresh tells: what is referred to comes before what refers to it. */
const order = ['Host', 'Datastore', 'Network', 'VirtualMachine'] as const satisfies ResourceKind[];

/** Begins with nothing seen; the first refresh tells everything. */
export function createWatchView(reading: Reading): WatchView {
  let seen: Inventory = { VirtualMachine: [], Host: [], Datastore: [], Network: [] };
  let machines = new Map<string, Vm>();
  let fabric: Fabric | null = null;

  async function refresh(signal: AbortSignal): Promise<Change[]> {
    const before: Inventory = { ...seen, VirtualMachine: [...machines.values()] };
    const now = await readInventory(reading, signal);
    seen = now.inventory;
    fabric = now.fabric;
    machines = new Map(seen.VirtualMachine.map((vm) => [vm.localId, vm]));
    return [
      ...order.flatMap((kind) => upserts(kind, before[kind], now.inventory[kind])),
      ...order.toReversed().flatMap((kind) => removals(kind, before[kind], now.inventory[kind])),
    ];
  }

  async function reread(domains: readonly DomainRef[], signal: AbortSignal): Promise<Change[]> {
    if (fabric === null) {
      return refresh(signal);
    }
    if (domains.length === 0) {
      return [];
    }
    const found = await readMachines({ ...reading, fabric }, domains, signal);
    return domains.map(({ uuid }, at): Change => {
      const vm = found[at] ?? null;
      if (vm === null) {
        machines.delete(uuid);
        reading.usage.forget(uuid);
        return { type: 'remove', kind: 'VirtualMachine', localId: uuid };
      }
      machines.set(uuid, vm);
      return { type: 'upsert', kind: 'VirtualMachine', resource: vm };
    });
  }

  function moved({ domain, values }: DomainStats): Change[] {
    const last = machines.get(domain.uuid);
    const vm = last && { ...last, ...usageOf(reading.usage, last, values) };
    if (vm === undefined || (vm.cpuUsage === last?.cpuUsage && vm.memoryUsageMiB === last.memoryUsageMiB)) {
      return [];
    }
    machines.set(domain.uuid, vm);
    return [{ type: 'upsert', kind: 'VirtualMachine', resource: vm }];
  }

  return {
    refresh,
    reread,
    async refreshStats(signal) {
      const stats = await readMovingStats(reading.client, signal);
      const astray = [...stats.values()].filter((record) => isAstray(machines.get(record.domain.uuid), record));
      const gone = [...machines.values()].filter((vm) => isOn(vm) && !stats.has(vm.localId));
      const doubtful = [
        ...astray.map(({ domain }) => domain),
        ...gone.map(({ name, localId }) => ({ name, uuid: localId, id: -1 })),
      ];
      const doubted = new Set(doubtful.map(({ uuid }) => uuid));
      const quiet = [...stats.values()].filter(({ domain }) => !doubted.has(domain.uuid));
      return [...quiet.flatMap(moved), ...(await reread(doubtful, signal))];
    },
  };
}

function isOn({ powerState }: Vm): boolean {
  return powerState === 'RUNNING' || powerState === 'PAUSED';
}

/** True if the state is not the one last seen: an event was not sent for it, or is still on its way. */
function isAstray(last: Vm | undefined, { values }: DomainStats): boolean {
  const state = values.get('state.state');
  const reason = values.get('state.reason');
  return (
    typeof state === 'number' &&
    typeof reason === 'number' &&
    last?.powerState !== powerStateOf({ state, reason }, false)
  );
}

function upserts<Kind extends ResourceKind>(
  kind: Kind,
  before: readonly Resources[Kind][],
  now: readonly Resources[Kind][],
): Change[] {
  const last = new Map(before.map((resource) => [resource.localId, JSON.stringify(resource)]));
  return now
    .filter((resource) => last.get(resource.localId) !== JSON.stringify(resource))
    .map((resource) => ({ type: 'upsert', kind, resource }) as Change);
}

function removals(kind: ResourceKind, before: readonly Identified[], now: readonly Identified[]): Change[] {
  const present = new Set(now.map(({ localId }) => localId));
  return before
    .filter(({ localId }) => !present.has(localId))
    .map(({ localId }) => ({ type: 'remove', kind, localId }));
}

interface Identified {
  readonly localId: string;
}
