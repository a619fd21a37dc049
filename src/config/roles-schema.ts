import { z } from 'zod';

import { readSelector, selectorForm } from '../model/label-selector.ts';
import { builtInRoles, permissions } from '../model/permission.ts';
import { nearestName } from './nearest-name.ts';
import { strict, text } from './rules.ts';

// The section `roles`: roles of one's own, and who has which. What it names has to be there: a binding with a slip in it
// would give nobody anything, and nobody would notice.

const names = (what: string): z.ZodArray<z.ZodString> =>
  z
    .array(text(`one of ${what}, of 1 to 500 characters`).min(1).max(500), {
      error: () => `a list of ${what}, with at least one entry`,
    })
    .min(1);

const customRole = z
  .array(z.enum(permissions, { error: () => `one of ${permissions.join(', ')}` }), {
    error: () => `a list of permissions: ${permissions.join(', ')}`,
  })
  .min(1);

const binding = strict({
  role: text('the name of a role').min(1),
  subjects: names('subjects').default([]),
  groups: names('groups').default([]),
  fromSites: names('ids of other sites').nullable().default(null),
  sites: names('ids of sites').nullable().default(null),
  installations: names('ids of installations').nullable().default(null),
  labels: text(selectorForm)
    .refine((given) => readSelector(given) !== null)
    .nullable()
    .default(null),
});

/** The content of `roles`, or of the file that `rolesFile` names. */
export const rolesSchema = strict({
  roles: z
    .record(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, { error: () => 'a name of letters, digits, "-" and "_"' }),
      customRole,
      { error: () => 'a mapping from names of roles to lists of permissions' },
    )
    .default({}),
  bindings: z
    .array(binding, { error: () => 'a list of bindings, each with "role" and "subjects" or "groups"' })
    .default([]),
});

/** Who may do what, as configured. */
export type RolesConfig = z.output<typeof rolesSchema>;

/** A site as far as roles name it. */
interface NamedSite {
  readonly id: string;
  readonly installations: readonly { readonly id: string }[];
}

/** What is wrong between the parts of `roles`; empty if nothing is. @param sites All there are, with the own one. */
export function rolesProblems({ roles, bindings }: RolesConfig, sites: readonly NamedSite[]): string[] {
  const known = {
    role: [...Object.keys(builtInRoles), ...Object.keys(roles)],
    site: sites.map(({ id }) => id),
    installation: sites.flatMap(({ installations }) => installations.map(({ id }) => id)),
  };
  return [
    ...Object.entries(roles).flatMap(([name, allowed]) => roleProblems(name, allowed)),
    ...bindings.flatMap((one, at) => {
      const key = `roles.bindings[${at}]`;
      return [
        ...unknown(`${key}.role`, [one.role], known.role),
        ...unknown(`${key}.fromSites`, one.fromSites ?? [], known.site),
        ...unknown(`${key}.sites`, one.sites ?? [], known.site),
        ...unknown(`${key}.installations`, one.installations ?? [], known.installation),
        ...(one.subjects.length + one.groups.length > 0
          ? []
          : [`${key}: found neither "subjects" nor "groups"; allowed is at least one of them`]),
      ];
    }),
  ];
}

function roleProblems(name: string, allowed: readonly string[]): string[] {
  const key = `roles.roles.${name}`;
  return [
    ...(Object.hasOwn(builtInRoles, name)
      ? [
          `${key}: found the name of a role that is there already; allowed is any but ${Object.keys(builtInRoles).join(', ')}`,
        ]
      : []),
    ...(allowed.includes('view')
      ? []
      : [`${key}: found no "view"; allowed is a list with it, since what one does not see one can do nothing with`]),
  ];
}

function unknown(key: string, found: readonly string[], known: readonly string[]): string[] {
  return found
    .filter((name) => !known.includes(name))
    .map((name) => {
      const nearest = nearestName(name, known);
      const hint = nearest === null ? '' : `; did you mean "${nearest}"?`;
      return `${key}: found "${name}", which there is not${hint} (there are ${known.join(', ')})`;
    });
}
