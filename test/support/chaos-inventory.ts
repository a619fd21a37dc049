import { encodeId } from '../../src/core/ids.ts';
import { ask } from './graphql.ts';
import { simulatorConsole } from './simulator.ts';

// What a site really has, and what right answers about it are: worked out here without any code of the program's lists.

/** A machine as it is known to be. */
export interface KnownVm {
  readonly id: string;
  readonly name: string;
  readonly powerState: string;
  readonly installation: string;
  readonly cpuCount: number;
  readonly memoryMiB: number;
}

/** Brokers with the hypervisor managers behind them. */
interface KnownSite {
  readonly installations: readonly string[];
  readonly brokers: readonly { readonly installation: string; readonly directUrl: string }[];
  /** By installation. */
  readonly simulators: ReadonlyMap<string, string>;
}

/**
 * All machines of a site, by name and then by id. Which there are is taken from the hypervisor managers; their sizes, which
 * those do not tell briefly, from the undisturbed brokers.
 */
export async function knownInventory(site: KnownSite): Promise<readonly KnownVm[]> {
  const all = await Promise.all(
    site.installations.map(async (installation) => {
      const broker = site.brokers.find((candidate) => candidate.installation === installation)!;
      const { virtualMachines } = await ask<{ virtualMachines: { nodes: readonly Omit<KnownVm, 'installation'>[] } }>(
        `${broker.directUrl}/installation/graphql`,
        '{ virtualMachines(first: 1000) { nodes { id name powerState cpuCount memoryMiB } } }',
      );
      const rows = new Map(virtualMachines.nodes.map((row) => [row.id, row]));
      const vms = await simulatorConsole(site.simulators.get(installation)!).vms();
      return vms.map(({ localId, name, powerState }): KnownVm => {
        const id = encodeId({ type: 'VirtualMachine', installation, localId });
        const { cpuCount, memoryMiB } = rows.get(id)!;
        return { id, name, powerState, installation, cpuCount, memoryMiB };
      });
    }),
  );
  return all.flat().sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)) || (a.id < b.id ? -1 : 1));
}
