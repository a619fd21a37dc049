import type { NetworkResolvers, QueryResolvers } from '../../schema/generated/resolvers.ts';
import { answerList } from './connection.ts';
import type { Source } from './coverage.ts';
import { findInstallation } from './installation.ts';
import { answerResource, createReferenceResolver } from './node.ts';

// Networks.

/** `Query.networks` and `Query.network`. */
export function createNetworkQueries(source: Source): Pick<QueryResolvers, 'networks' | 'network'> {
  return {
    networks: (_, args, context, info) => answerList(source, 'Network', { args, context, info }),
    network: (_, { id }, context, info) => answerResource(source, 'Network', { id, context, info }),
  };
}

/** The fields of a network that are not simply there. */
export function createNetworkResolvers(source: Source): NetworkResolvers {
  return {
    installation: (network) => findInstallation(source, network.installation),
    __resolveReference: createReferenceResolver(source, 'Network'),
  };
}
