import { encodeId } from '../core/ids.ts';
import type { InstallationResolvers, QueryResolvers } from '../../schema/generated/resolvers.ts';
import type { Source } from './coverage.ts';
import { answerInstallation, createReferenceResolver } from './node.ts';

// The site, its installations and their brokers, as the asked broker sees them.

/** `Query.site` and `Query.installation`. */
export function createSiteQueries(source: Source): Pick<QueryResolvers, 'site' | 'installation'> {
  return {
    site: () => source.siteView(),
    installation: (_, { id }, context, info) => answerInstallation(source, { id, context, info }),
  };
}

/** The fields of `Installation`. */
export function createInstallationResolvers(source: Source): InstallationResolvers {
  return {
    id: ({ id }) => encodeId({ type: 'Installation', installation: id, localId: id }),
    localId: ({ id }) => id,
    site: () => source.siteView().id,
    __resolveReference: createReferenceResolver(source, 'Installation'),
  };
}
