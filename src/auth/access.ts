import { type Labels, type LabelSelector, readSelector } from '../model/label-selector.ts';
import type { Permission } from '../model/permission.ts';
import { actorOf, anonymous, type Principal } from '../model/principal.ts';
import type { Sight } from '../model/sight.ts';
import type { Access, GrantedRole } from './authority.ts';

// What one principal may do, from the roles it has at an installation. Pure. Roles add up; nothing takes away.

/** For what a permission is held: everything, or the machines that any of the selectors meets. */
type Scope = 'EVERYTHING' | readonly LabelSelector[];

/** The access that these roles give. */
export function accessFrom(principal: Principal, granted: readonly GrantedRole[]): Access {
  const roles = granted.map((role) => asHeld(principal, role)).filter((role) => role.permissions.length > 0);
  const scopes = new Map<Permission, Scope>();
  for (const { permissions, labels } of roles) {
    const selector = labels === null ? null : selectorOf(labels);
    for (const permission of permissions) {
      scopes.set(permission, widened(scopes.get(permission) ?? [], selector));
    }
  }
  const mayOn = (permission: Permission, labels: Labels | null): boolean => {
    const scope = scopes.get(permission) ?? [];
    return scope === 'EVERYTHING' || (labels !== null && scope.some((selects) => selects(labels)));
  };
  return {
    name: JSON.stringify([actorOf(principal), roles]),
    may: (permission) => scopes.has(permission),
    mayOn,
    sight: scopes.get('view') === 'EVERYTHING' ? null : sightOf(principal, roles, mayOn),
    roles,
  };
}

/** Nobody is made answerable for what is done in no name; and the audit is of an installation, not of some of its machines. */
function asHeld({ subject }: Principal, role: GrantedRole): GrantedRole {
  const isHeld = (permission: Permission): boolean =>
    (subject !== anonymous.subject || permission === 'view') && (role.labels === null || permission !== 'audit');
  return { ...role, permissions: role.permissions.filter(isHeld) };
}

function widened(scope: Scope, selector: LabelSelector | null): Scope {
  return scope === 'EVERYTHING' || selector === null ? 'EVERYTHING' : [...scope, selector];
}

/** The configuration lets no other text through; and if it did, nothing would be selected. */
function selectorOf(labels: string): LabelSelector {
  return readSelector(labels) ?? (() => false);
}

function sightOf(principal: Principal, roles: readonly GrantedRole[], mayOn: Access['mayOn']): Sight {
  const selectors = roles.filter(({ permissions }) => permissions.includes('view')).map(({ labels }) => labels ?? '');
  return {
    name: JSON.stringify([...new Set(selectors)].sort()),
    actor: principal.subject === anonymous.subject ? null : actorOf(principal),
    seesLabels: (labels) => mayOn('view', labels),
  };
}
