import type { QueryResolvers, Resolvers } from '../../schema/generated/resolvers.ts';
import { compareText } from '../model/code-point.ts';
import type { RequestContext } from '../model/request.ts';
import type { ResourceKind, Row } from '../model/resource.ts';
import { answerList } from './connection.ts';
import type { Source } from './coverage.ts';
import { findInstallation } from './installation.ts';
import { answerResource, createReferenceResolver } from './node.ts';

// Virtual machines. What they refer to is looked up in the snapshot that the request is answered from.

/** `Query.virtualMachines` and `Query.virtualMachine`. */
export function createVmQueries(source: Source): Pick<QueryResolvers, 'virtualMachines' | 'virtualMachine'> {
  return {
    virtualMachines: (_, args, context, info) => answerList(source, 'VirtualMachine', { args, context, info }),
    virtualMachine: (_, { id }, context, info) => answerResource(source, 'VirtualMachine', { id, context, info }),
  };
}

/** The fields of a machine, its disks and its network interfaces that are not simply there. */
export function createVmResolvers(
  source: Source,
): Required<Pick<Resolvers, 'VirtualMachine' | 'Disk' | 'NetworkInterface'>> {
  const lookUp = <Kind extends ResourceKind>(
    context: RequestContext,
    kind: Kind,
    localId: string | null | undefined,
  ): Row<Kind> | null =>
    typeof localId === 'string' ? (source.state(context).snapshot?.get(kind, localId) ?? null) : null;
  return {
    VirtualMachine: {
      host: (vm, _, context) => lookUp(context, 'Host', vm.host?.localId),
      installation: (vm) => findInstallation(source, vm.installation),
      labels: (vm) => sortedPairs(vm.labels),
      annotations: (vm) => sortedPairs(vm.annotations),
      __resolveReference: createReferenceResolver(source, 'VirtualMachine'),
    },
    Disk: { datastore: (disk, _, context) => lookUp(context, 'Datastore', disk.datastore) },
    NetworkInterface: { network: (nic, _, context) => lookUp(context, 'Network', nic.network) },
  };
}

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Rows never change, so that what is made of them once is right as long as they live. */
const sorted = new WeakMap<Readonly<Record<string, string>>, Pair[]>();

function sortedPairs(pairs: Readonly<Record<string, string>>): Pair[] {
  const known = sorted.get(pairs);
  if (known) {
    return known;
  }
  const made = Object.entries(pairs)
    .map(([key, value]) => ({ key, value }))
    .sort((a, b) => compareText(a.key, b.key));
  sorted.set(pairs, made);
  return made;
}
