import type { DatastoreResolvers, QueryResolvers } from '../../schema/generated/resolvers.ts';
import { answerList } from './connection.ts';
import type { Source } from './coverage.ts';
import { findInstallation } from './installation.ts';
import { answerResource, createReferenceResolver } from './node.ts';

// Datastores.

/** `Query.datastores` and `Query.datastore`. */
export function createDatastoreQueries(source: Source): Pick<QueryResolvers, 'datastores' | 'datastore'> {
  return {
    datastores: (_, args, context, info) => answerList(source, 'Datastore', { args, context, info }),
    datastore: (_, { id }, context, info) => answerResource(source, 'Datastore', { id, context, info }),
  };
}

/** The fields of a datastore that are not simply there. */
export function createDatastoreResolvers(source: Source): DatastoreResolvers {
  return {
    installation: (datastore) => findInstallation(source, datastore.installation),
    __resolveReference: createReferenceResolver(source, 'Datastore'),
  };
}
