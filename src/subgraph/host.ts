import type { HostResolvers, QueryResolvers } from '../../schema/generated/resolvers.ts';
import { answerList, answerVmsOfHost } from './connection.ts';
import type { Source } from './coverage.ts';
import { findInstallation } from './installation.ts';
import { answerResource, createReferenceResolver } from './node.ts';

// Hosts and the machines on them.

/** `Query.hosts` and `Query.host`. */
export function createHostQueries(source: Source): Pick<QueryResolvers, 'hosts' | 'host'> {
  return {
    hosts: (_, args, context, info) => answerList(source, 'Host', { args, context, info }),
    host: (_, { id }, context, info) => answerResource(source, 'Host', { id, context, info }),
  };
}

/** The fields of a host that are not simply there. */
export function createHostResolvers(source: Source): HostResolvers {
  return {
    installation: (host) => findInstallation(source, host.installation),
    virtualMachines: (host, args, context, info) => answerVmsOfHost(source, host, { args, context, info }),
    __resolveReference: createReferenceResolver(source, 'Host'),
  };
}
