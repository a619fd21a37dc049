import { isDeepStrictEqual } from 'node:util';

import { placeProblems, selfProblems } from './check-site.ts';
import { type Config, invalid } from './config.ts';
import type { RolesConfig } from './roles-schema.ts';
import type { FederationConfig, SiteConfig } from './schema.ts';

// What of a configuration that was read again may come into force in a running broker: the site, if the broker still has
// its place in it, and the other sites, and who may do what. Everything else takes a restart.

/** What a configuration that was read again amounts to. */
export interface Reload {
  readonly site: SiteConfig;
  readonly federation: FederationConfig;
  /** Null: there are none any more, which does not come into force in a running broker: it would let everybody in. */
  readonly roles: RolesConfig | null;
  /** The keys beside those that are no longer what the broker was started with. */
  readonly restartKeys: readonly string[];
}

/**
 * Compares a configuration with the one that a broker was started with.
 * @throws SitewideError `CONFIG_INVALID` if the broker that runs has no place in the new site.
 */
export function compareConfigs(running: Config, next: Config): Reload {
  const { site, federation, roles } = next;
  const problems = [
    ...placeProblems(site, running.installation, running.broker),
    ...selfProblems(site, running.broker, running.listen),
    ...federation.sites.flatMap((other) => selfProblems(other, null, running.listen)),
    ...(site.id === running.site.id
      ? []
      : [
          `site.id: found "${site.id}"; this broker was started in site "${running.site.id}", which a restart can change`,
        ]),
  ];
  if (problems.length > 0) {
    throw invalid(next.files.at(-1)!, problems);
  }
  const keys = Object.keys(running) as (keyof Config)[];
  return {
    site,
    federation,
    roles,
    restartKeys: keys.filter((key) => !isReloadable(key, next) && !isDeepStrictEqual(running[key], next[key])),
  };
}

/** Roles come into force, but that there are none does not. */
function isReloadable(key: keyof Config, { roles }: Config): boolean {
  return key === 'roles' ? roles !== null : reloadable.has(key);
}

/** What a running broker can follow; `files` is where it is read from. */
const reloadable: ReadonlySet<string> = new Set(['site', 'federation', 'files'] satisfies (keyof Config)[]);
