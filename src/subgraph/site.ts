import { SitewideError } from '../core/errors.ts';
import { encodeId } from '../core/ids.ts';
import type { RequestContext } from '../model/request.ts';
import type { InstallationResolvers, QueryResolvers } from '../../schema/generated/resolvers.ts';
import type { Source } from './coverage.ts';
import { answerInstallation, createReferenceResolver } from './node.ts';

// The sites, their installations and brokers, as the asked broker sees them.

/** `Query.site`, `Query.sites` and `Query.installation`. */
export function createSiteQueries(source: Source): Pick<QueryResolvers, 'site' | 'sites' | 'installation'> {
  return {
    site: (_, args, context) => known(source, context).siteView(),
    sites: (_, args, context) => known(source, context).sitesView(),
    installation: (_, { id }, context, info) => answerInstallation(source, { id, context, info }),
  };
}

/**
 * The source, for somebody who has a role anywhere in the site: which brokers there are is nobody else's business.
 * @throws SitewideError `FORBIDDEN`.
 */
export function known(source: Source, context: RequestContext): Source {
  if (!source.knows(context)) {
    const reasons = `no role in site "${source.installation.site}" allows it`;
    throw new SitewideError('FORBIDDEN', { field: 'site', reasons });
  }
  return source;
}

/** The fields of `Installation`. */
export function createInstallationResolvers(source: Source): InstallationResolvers {
  return {
    id: ({ id }) => encodeId({ type: 'Installation', installation: id, localId: id }),
    localId: ({ id }) => id,
    site: ({ id }) => siteOf(source, id),
    __resolveReference: createReferenceResolver(source, 'Installation'),
  };
}

/** The site that an installation belongs to. */
function siteOf({ sitesView, installation: own }: Source, installation: string): string | null {
  if (installation === own.id) {
    return own.site;
  }
  const site = sitesView().find(({ installations }) => installations.some(({ id }) => id === installation));
  return site?.id ?? null;
}
