import type { Labels } from './label-selector.ts';
import type { Operation } from './operation.ts';
import type { RecordKind, Records } from './resource.ts';
import type { Vm } from './vm.ts';

// What somebody sees of an installation who does not see everything: some machines, by their labels, and what is done with
// those. Hosts, datastores and networks have no labels and are seen by nobody whose sight is restricted, nor does a machine
// tell of them.

/** What somebody sees, where that is not everything. */
export interface Sight {
  /** The same for all who see the same machines. */
  readonly name: string;
  /** Whose operations are seen in any case; null for somebody who is nobody. */
  readonly actor: string | null;
  /** Whether machines with these labels are seen. */
  seesLabels(labels: Labels): boolean;
}

/** True if a record is seen. A bulk of somebody else has no machine of its own, and is seen through its parts. */
export function sees<Kind extends RecordKind>(sight: Sight, kind: Kind, record: Records[Kind]): boolean {
  switch (kind) {
    case 'VirtualMachine':
      return sight.seesLabels((record as Vm).labels);
    case 'Operation': {
      const { actor, targetLabels = null } = record as Operation;
      return actor === sight.actor || (targetLabels !== null && sight.seesLabels(targetLabels));
    }
    default:
      return false;
  }
}

/** A record as whoever sees only some of them gets it. */
export function masked<Kind extends RecordKind>(kind: Kind, record: Records[Kind]): Records[Kind] {
  return kind === 'VirtualMachine' ? (maskedVm(record as Vm) as Records[Kind]) : record;
}

function maskedVm(vm: Vm): Vm {
  return {
    ...vm,
    host: null,
    disks: vm.disks.map((disk) => ({ ...disk, datastore: null })),
    networkInterfaces: vm.networkInterfaces.map((one) => ({ ...one, network: null })),
  };
}
