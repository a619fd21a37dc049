import { type Permission, permissionsOf } from '../model/permission.ts';
import { anonymous, type Principal } from '../model/principal.ts';
import { accessFrom } from './access.ts';
import { type Access, type Authority, type GrantedRole, openAuthority } from './authority.ts';

// The roles of a site, as one of its installations applies them. Each installation decides for itself, by what its own
// configuration says: nobody has rights there because they have them elsewhere.

/** Who has a role, and for what. */
export interface Binding {
  readonly role: string;
  /** `*` is everybody who says who they are. */
  readonly subjects: readonly string[];
  readonly groups: readonly string[];
  /** Only those that one of these other sites vouches for; null: only those that this site knows itself. */
  readonly fromSites: readonly string[] | null;
  /** Only there; null: everywhere. */
  readonly sites: readonly string[] | null;
  readonly installations: readonly string[] | null;
  /** Only for the machines that this selects; null: for everything there is. */
  readonly labels: string | null;
}

/** Roles of one's own, and who has which. */
export interface Roles {
  readonly roles: Readonly<Record<string, readonly Permission[]>>;
  readonly bindings: readonly Binding[];
}

/** Where decisions are made. */
export interface Place {
  readonly site: string;
  readonly installation: string;
}

/** An authority whose roles may become others. */
export interface RoleAuthority extends Authority {
  /** Puts roles in force, null: everybody may do everything. False if they are in force already. */
  adopt(roles: Roles | null): boolean;
}

/** Somebody who asks again is decided on only once; so many are remembered, in the order of their first asking. */
const mostRemembered = 1_000;

/** The authority of an installation. */
export function createAuthority(first: Roles | null, place: Place): RoleAuthority {
  let roles = first;
  let lasting = new AbortController();
  let known = new Map<string, Access>();
  const decide = (principal: Principal, given: Roles): Access => {
    const { subject, groups, site } = principal;
    const name = JSON.stringify([subject, site, groups]);
    const access = known.get(name) ?? accessFrom(principal, rolesOf(principal, given, place));
    if (known.size >= mostRemembered) {
      known.clear();
    }
    known.set(name, access);
    return access;
  };
  return {
    accessOf: (principal) => (roles === null ? openAuthority.accessOf(principal) : decide(principal, roles)),
    knows: (principal) =>
      roles === null || roles.bindings.some((binding) => isBound(principal, binding) && isOfSite(binding, place)),
    lasting: () => lasting.signal,
    adopt(next) {
      if (JSON.stringify(next) === JSON.stringify(roles)) {
        return false;
      }
      roles = next;
      known = new Map();
      const before = lasting;
      lasting = new AbortController();
      before.abort(new Error('The roles have become others.'));
      return true;
    },
  };
}

/** The roles of a principal at an installation. */
function rolesOf(principal: Principal, { roles, bindings }: Roles, place: Place): readonly GrantedRole[] {
  return bindings
    .filter((binding) => isBound(principal, binding) && isOfSite(binding, place))
    .filter(({ installations }) => installations === null || installations.includes(place.installation))
    .map(({ role, labels }) => ({ role, labels, permissions: permissionsOf(role, roles) ?? [] }));
}

function isOfSite({ sites }: Binding, { site }: Place): boolean {
  return sites === null || sites.includes(site);
}

function isBound({ subject, groups, site }: Principal, binding: Binding): boolean {
  const isFrom = site === null ? binding.fromSites === null : (binding.fromSites?.includes(site) ?? false);
  const isNamed =
    binding.subjects.includes(subject) ||
    (subject !== anonymous.subject && binding.subjects.includes('*')) ||
    groups.some((group) => binding.groups.includes(group));
  return isFrom && isNamed;
}
