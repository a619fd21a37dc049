import type { Labels } from '../model/label-selector.ts';
import type { Permission } from '../model/permission.ts';
import type { Principal } from '../model/principal.ts';
import type { Sight } from '../model/sight.ts';

// What somebody may do at an installation. Decided by the roles that the installation's site gives; whoever answers asks, and
// never decides.

/** A role that a principal has at an installation. */
export interface GrantedRole {
  readonly role: string;
  readonly permissions: readonly Permission[];
  /** The selector of the machines it is for; null: everything there is. */
  readonly labels: string | null;
}

/** What one principal may do. */
export interface Access {
  /** The same as long as the roles say the same of this principal. */
  readonly name: string;
  /** True if it is allowed at all, be it for a single machine. */
  may(permission: Permission): boolean;
  /** True if it is allowed for a machine with these labels; null: for everything there is. */
  mayOn(permission: Permission, labels: Labels | null): boolean;
  /** What is seen; null: everything. */
  readonly sight: Sight | null;
  readonly roles: readonly GrantedRole[];
}

/** Decides what principals may do. */
export interface Authority {
  accessOf(principal: Principal): Access;
  /** True for somebody who has a role anywhere in the site: they may know which brokers and installations there are. */
  knows(principal: Principal): boolean;
  /** Aborts when the roles become others; then there is another one. */
  lasting(): AbortSignal;
}

/** Everything is allowed. */
const everything: Access = { name: 'everything', may: () => true, mayOn: () => true, sight: null, roles: [] };

/** Lets everybody do everything. */
export const openAuthority: Authority = {
  accessOf: () => everything,
  knows: () => true,
  lasting: () => new AbortController().signal,
};
