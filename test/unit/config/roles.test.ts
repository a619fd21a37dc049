import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { createAuthority } from '../../../src/auth/roles.ts';
import { followConfig } from '../../../src/commands/follow-config.ts';
import { loadConfig, parseConfig } from '../../../src/config/config.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { anonymous } from '../../../src/model/principal.ts';
import { eventually } from '../../contract/eventually.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';

// Who may do what, as the configuration says it.

function textOf(rest: object): string {
  const installations = ['lyon-a', 'lyon-b'].map((id, at) => ({
    id,
    brokers: [{ id: `${id}-1`, url: `http://127.0.0.1:${4001 + at}` }],
  }));
  return JSON.stringify({
    site: { id: 'lyon', installations },
    federation: {
      sites: [
        { id: 'paris', installations: [{ id: 'paris-a', brokers: [{ id: 'p', url: 'http://127.0.0.1:4009' }] }] },
      ],
    },
    installation: 'lyon-a',
    broker: 'lyon-a-1',
    driver: { kind: 'simulator', url: 'http://127.0.0.1:5000' },
    ...rest,
  });
}

const rolesIn = (roles: unknown) => parseConfig(textOf({ roles }), { file: 'broker.yml' }).roles;

describe('roles', () => {
  test('are none if none are configured', () => {
    expect(parseConfig(textOf({}), { file: 'broker.yml' }).roles).toBeNull();
  });

  test('are filled in: a binding without limits is for everything', () => {
    const rest = { fromSites: null, sites: null, installations: null, labels: null };
    expect(rolesIn({ bindings: [{ role: 'viewer', subjects: ['alice'] }] })).toEqual({
      roles: {},
      bindings: [{ role: 'viewer', subjects: ['alice'], groups: [], ...rest }],
    });
  });

  test('may name whatever the federation has', () => {
    const bindings = [
      {
        role: 'helpdesk',
        groups: ['web'],
        fromSites: ['paris'],
        installations: ['paris-a', 'lyon-b'],
        sites: ['lyon'],
      },
    ];
    expect(rolesIn({ roles: { helpdesk: ['view', 'power'] }, bindings })).toMatchObject({ bindings });
  });

  const who = { role: 'viewer', subjects: ['alice'] };
  test.each([
    [
      { bindings: [{ ...who, role: 'viewr' }] },
      'roles.bindings[0].role: found "viewr", which there is not; did you mean "viewer"?',
    ],
    [{ bindings: [{ ...who, installations: ['lyon-c'] }] }, 'roles.bindings[0].installations: found "lyon-c"'],
    [{ bindings: [{ ...who, sites: ['rome'] }] }, 'roles.bindings[0].sites: found "rome"'],
    [{ bindings: [{ ...who, fromSites: ['rome'] }] }, 'roles.bindings[0].fromSites: found "rome"'],
    [{ bindings: [{ role: 'viewer' }] }, 'roles.bindings[0]: found neither "subjects" nor "groups"'],
    [
      { bindings: [{ ...who, subjects: [] }] },
      'roles.bindings[0].subjects: found an empty list; allowed is a list of subjects, with at least one entry',
    ],
    [
      { bindings: [{ ...who, labels: 'team=web=db' }] },
      'roles.bindings[0].labels: found "team=web=db"; allowed is requirements such as',
    ],
    [{ bindings: [{ ...who, labels: '' }] }, 'roles.bindings[0].labels: found ""'],
    [{ bindings: [{ ...who, label: 'team=web' }] }, 'unknown key "label"; did you mean "labels"?'],
    [{ roles: { own: ['view', 'fly'] } }, 'roles.roles.own[1]: found "fly"; allowed is one of view, power'],
    [{ roles: { own: ['power'] } }, 'roles.roles.own: found no "view"'],
    [{ roles: { admin: ['view'] } }, 'roles.roles.admin: found the name of a role that is there already'],
  ])('%j is refused', (roles, message) => {
    expect(() => rolesIn(roles)).toThrow(message);
  });

  test('are in the configuration or in a file of their own', () => {
    const both = textOf({ roles: {}, rolesFile: 'roles.yml' });
    expect(() => parseConfig(both, { file: 'broker.yml' })).toThrow('found both of "roles" and "rolesFile"');
  });
});

describe('roles of a running broker', () => {
  test('follow their file; a bad one changes nothing, and none at all lets nobody in', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sitewide-roles-'));
    const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
    await write('roles.yml', 'bindings: [{ role: viewer, subjects: [anonymous] }]');
    await write('broker.yml', textOf({ rolesFile: 'roles.yml' }));
    const config = await loadConfig(join(folder, 'broker.yml'), {});
    const authority = createAuthority(config.roles, { site: 'lyon', installation: 'lyon-a' });
    const sees = (): boolean => authority.accessOf(anonymous).may('view');
    const logger = createRecordingLogger();
    const refusals: string[] = [];
    const membership = {
      adopt: () => ({ joined: [], left: [] }),
      refuse: (reason: string) => void refusals.push(reason),
    };
    const following = followConfig(config, { membership, authority, env: {}, clock: systemClock, logger });
    expect(sees()).toBe(true);
    await write('roles.yml', 'bindings: [{ role: viewer, subjects: [bob] }]');
    await eventually(() => expect(sees()).toBe(false));
    await write('roles.yml', 'bindings: [{ role: viewer, subjects: [anonymous] }]');
    await eventually(() => expect(sees()).toBe(true));
    await write('roles.yml', 'bindings: [{ role: viewr, subjects: [bob] }]');
    await eventually(() => expect(refusals.join()).toContain('did you mean "viewer"?'));
    expect(sees()).toBe(true);
    await write('broker.yml', textOf({}));
    await eventually(() =>
      expect(logger.lines.some(({ facts }) => String(facts['keys']).includes('roles'))).toBe(true),
    );
    expect(authority.accessOf(anonymous).may('delete')).toBe(false);
    await following[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
});
