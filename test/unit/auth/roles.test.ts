import { describe, expect, test } from '@jest/globals';

import { type Binding, createAuthority, type Roles } from '../../../src/auth/roles.ts';
import type { Permission } from '../../../src/model/permission.ts';
import { anonymous, type Principal } from '../../../src/model/principal.ts';

const place = { site: 'lyon', installation: 'lyon-a' };

function binding(given: Partial<Binding> & { readonly role: string }): Binding {
  return { subjects: [], groups: [], fromSites: null, sites: null, installations: null, labels: null, ...given };
}

function who(given: Partial<Principal>): Principal {
  return { subject: 'alice', groups: [], site: null, expiresAt: null, ...given };
}

function rolesOf(...bindings: readonly Binding[]): Roles {
  return { roles: { helpdesk: ['view', 'power'] }, bindings };
}

const web = { team: 'web', env: 'prod' };
const db = { team: 'db' };

interface Row {
  readonly claim: string;
  readonly binding: Binding;
  readonly principal: Principal;
  readonly permission: Permission;
  /** Null: everything there is. */
  readonly labels: Readonly<Record<string, string>> | null;
  readonly may: boolean;
}

const alice = who({});
const bob = who({ subject: 'bob', groups: ['ops'] });
const parisian = who({ subject: 'alice', groups: ['ops'], site: 'paris' });

const table: readonly Row[] = [
  {
    claim: 'a viewer sees',
    binding: binding({ role: 'viewer', subjects: ['alice'] }),
    principal: alice,
    permission: 'view',
    labels: null,
    may: true,
  },
  {
    claim: 'a viewer changes nothing',
    binding: binding({ role: 'viewer', subjects: ['alice'] }),
    principal: alice,
    permission: 'power',
    labels: web,
    may: false,
  },
  {
    claim: 'an operator switches',
    binding: binding({ role: 'operator', subjects: ['alice'] }),
    principal: alice,
    permission: 'power',
    labels: web,
    may: true,
  },
  {
    claim: 'an operator deletes nothing',
    binding: binding({ role: 'operator', subjects: ['alice'] }),
    principal: alice,
    permission: 'delete',
    labels: web,
    may: false,
  },
  {
    claim: 'an admin reads the audit',
    binding: binding({ role: 'admin', subjects: ['alice'] }),
    principal: alice,
    permission: 'audit',
    labels: null,
    may: true,
  },
  {
    claim: 'an admin of some machines does not',
    binding: binding({ role: 'admin', subjects: ['alice'], labels: 'team=web' }),
    principal: alice,
    permission: 'audit',
    labels: web,
    may: false,
  },
  {
    claim: 'a role of one’s own allows what it says',
    binding: binding({ role: 'helpdesk', subjects: ['alice'] }),
    principal: alice,
    permission: 'power',
    labels: web,
    may: true,
  },
  {
    claim: 'a role of one’s own allows no more',
    binding: binding({ role: 'helpdesk', subjects: ['alice'] }),
    principal: alice,
    permission: 'snapshot',
    labels: web,
    may: false,
  },
  {
    claim: 'a role that there is not allows nothing',
    binding: binding({ role: 'nobody', subjects: ['alice'] }),
    principal: alice,
    permission: 'view',
    labels: web,
    may: false,
  },
  {
    claim: 'another subject has nothing',
    binding: binding({ role: 'admin', subjects: ['alice'] }),
    principal: bob,
    permission: 'view',
    labels: web,
    may: false,
  },
  {
    claim: 'a group has what it is given',
    binding: binding({ role: 'viewer', groups: ['ops'] }),
    principal: bob,
    permission: 'view',
    labels: null,
    may: true,
  },
  {
    claim: 'another site’s group of the same name has nothing',
    binding: binding({ role: 'admin', groups: ['ops'] }),
    principal: parisian,
    permission: 'view',
    labels: web,
    may: false,
  },
  {
    claim: 'another site’s user of the same name has nothing',
    binding: binding({ role: 'admin', subjects: ['alice'] }),
    principal: parisian,
    permission: 'view',
    labels: web,
    may: false,
  },
  {
    claim: 'everybody who says who they are does not mean other sites',
    binding: binding({ role: 'viewer', subjects: ['*'] }),
    principal: parisian,
    permission: 'view',
    labels: web,
    may: false,
  },
  {
    claim: 'another site’s user has what that site is given',
    binding: binding({ role: 'viewer', groups: ['ops'], fromSites: ['paris'] }),
    principal: parisian,
    permission: 'view',
    labels: null,
    may: true,
  },
  {
    claim: 'what one site is given another has not',
    binding: binding({ role: 'viewer', groups: ['ops'], fromSites: ['rome'] }),
    principal: parisian,
    permission: 'view',
    labels: null,
    may: false,
  },
  {
    claim: 'what another site is given one’s own users have not',
    binding: binding({ role: 'viewer', groups: ['ops'], fromSites: ['paris'] }),
    principal: bob,
    permission: 'view',
    labels: null,
    may: false,
  },
  {
    claim: 'a binding of this installation holds',
    binding: binding({ role: 'viewer', subjects: ['alice'], installations: ['lyon-a'] }),
    principal: alice,
    permission: 'view',
    labels: null,
    may: true,
  },
  {
    claim: 'a binding of another installation does not',
    binding: binding({ role: 'admin', subjects: ['alice'], installations: ['lyon-b'] }),
    principal: alice,
    permission: 'view',
    labels: web,
    may: false,
  },
  {
    claim: 'a binding of another site does not',
    binding: binding({ role: 'admin', subjects: ['alice'], sites: ['paris'] }),
    principal: alice,
    permission: 'view',
    labels: web,
    may: false,
  },
  {
    claim: 'a selector meets',
    binding: binding({ role: 'viewer', subjects: ['alice'], labels: 'team=web,env in (prod, stage)' }),
    principal: alice,
    permission: 'view',
    labels: web,
    may: true,
  },
  {
    claim: 'a selector does not meet',
    binding: binding({ role: 'admin', subjects: ['alice'], labels: 'team=web' }),
    principal: alice,
    permission: 'view',
    labels: db,
    may: false,
  },
  {
    claim: 'what a selector allows is not everything',
    binding: binding({ role: 'admin', subjects: ['alice'], labels: 'team=web' }),
    principal: alice,
    permission: 'create',
    labels: null,
    may: false,
  },
  {
    claim: 'nobody is everybody by a star',
    binding: binding({ role: 'viewer', subjects: ['*'] }),
    principal: anonymous,
    permission: 'view',
    labels: web,
    may: false,
  },
  {
    claim: 'anonymous sees what it is given',
    binding: binding({ role: 'viewer', subjects: ['anonymous'] }),
    principal: anonymous,
    permission: 'view',
    labels: web,
    may: true,
  },
  {
    claim: 'anonymous changes nothing whatever it is given',
    binding: binding({ role: 'admin', subjects: ['anonymous'] }),
    principal: anonymous,
    permission: 'power',
    labels: web,
    may: false,
  },
];

describe('roles', () => {
  test.each(table)('$claim', ({ binding: one, principal, permission, labels, may }) => {
    const access = createAuthority(rolesOf(one), place).accessOf(principal);
    expect(access.mayOn(permission, labels)).toBe(may);
  });

  test('without roles everybody may do everything', () => {
    const access = createAuthority(null, place).accessOf(anonymous);
    expect([access.mayOn('delete', null), access.sight]).toEqual([true, null]);
  });

  test('roles add up', () => {
    const access = createAuthority(
      rolesOf(
        binding({ role: 'viewer', subjects: ['alice'] }),
        binding({ role: 'operator', subjects: ['alice'], labels: 'team=web' }),
      ),
      place,
    ).accessOf(alice);
    expect(access.sight).toBeNull();
    expect([access.mayOn('power', web), access.mayOn('power', db)]).toEqual([true, false]);
  });

  test('somebody with a role elsewhere in the site is known, and sees nothing here', () => {
    const authority = createAuthority(
      rolesOf(binding({ role: 'viewer', subjects: ['alice'], installations: ['lyon-b'] })),
      place,
    );
    expect(authority.knows(alice)).toBe(true);
    expect(authority.knows(bob)).toBe(false);
    expect(authority.accessOf(alice).may('view')).toBe(false);
  });

  test('new roles are told of, and change the rights of those whom they concern only', () => {
    const first = rolesOf(
      binding({ role: 'viewer', subjects: ['alice'] }),
      binding({ role: 'viewer', groups: ['ops'] }),
    );
    const authority = createAuthority(first, place);
    const lasting = authority.lasting();
    const before = [authority.accessOf(alice).name, authority.accessOf(bob).name];
    expect(authority.adopt(structuredClone(first))).toBe(false);
    expect(lasting.aborted).toBe(false);
    expect(authority.adopt(rolesOf(binding({ role: 'viewer', groups: ['ops'] })))).toBe(true);
    expect(lasting.aborted).toBe(true);
    expect(authority.accessOf(alice).may('view')).toBe(false);
    expect(authority.accessOf(alice).name).not.toBe(before[0]);
    expect(authority.accessOf(bob).name).toBe(before[1]);
  });
});
