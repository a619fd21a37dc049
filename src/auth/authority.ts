import type { Principal } from '../model/principal.ts';

// What somebody may do at an installation. Decided here, by the roles that the installation's site gives; whoever answers
// asks, and never decides.

/** What may be allowed. */
export const permissions = [
  'view',
  'power',
  'snapshot',
  'reconfigure',
  'create',
  'delete',
  'clone',
  'migrate',
  'cancel',
  'audit',
] as const;

/** One of them. */
export type Permission = (typeof permissions)[number];

/** What one principal may do. */
export interface Access {
  /** True if it is allowed at all, for whatever there is of this installation. */
  may(permission: Permission): boolean;
}

/** Decides what principals may do. */
export interface Authority {
  /** The same object for the same principal as long as the roles are the same. */
  accessOf(principal: Principal): Access;
}

/** Lets everybody do everything. */
export const openAuthority: Authority = { accessOf: () => ({ may: () => true }) };
