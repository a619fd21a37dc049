// What may be allowed, and the roles that everybody knows. Which principals have them is in the configuration.

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

/** The roles that need not be configured. */
export const builtInRoles = {
  viewer: ['view'],
  operator: ['view', 'power', 'snapshot', 'cancel'],
  admin: permissions,
} as const satisfies Readonly<Record<string, readonly Permission[]>>;

/** What a role by this name allows; null if there is none. */
export function permissionsOf(
  role: string,
  custom: Readonly<Record<string, readonly Permission[]>>,
): readonly Permission[] | null {
  if (Object.hasOwn(builtInRoles, role)) {
    return builtInRoles[role as keyof typeof builtInRoles];
  }
  return Object.hasOwn(custom, role) ? custom[role]! : null;
}
