import { describe, expect, test } from '@jest/globals';

import { createSnapshot } from '../../../src/inventory/snapshot.ts';
import { powerActions, type Action, type Capabilities, type NewVm } from '../../../src/model/action.ts';
import { checkAction, serialKeyOf } from '../../../src/model/action-check.ts';
import { previewOf } from '../../../src/model/action-preview.ts';
import type { PowerState } from '../../../src/model/vm.ts';
import { viewOf } from '../../../src/operations/inventory-view.ts';
import { datastore, host, inventory, network, vm } from '../../support/builders.ts';

const kept = { description: null, createdAt: null, parent: null, isCurrent: true, powerState: 'RUNNING' } as const;
const states: readonly PowerState[] = ['RUNNING', 'STOPPED', 'PAUSED', 'SUSPENDED', 'CRASHED', 'UNKNOWN'];
const view = viewOf(
  createSnapshot(
    'a',
    inventory({
      VirtualMachine: [
        ...states.map((powerState) => vm({ name: powerState, powerState, host: { localId: 'h1', name: 'h1' } })),
        vm({ name: 'kept', snapshots: [{ name: 's', ...kept }] }),
        vm({ name: 'silent', snapshots: null }),
      ],
      Host: [host({ name: 'h1' }), host({ name: 'h2' })],
      Datastore: [datastore({ name: 'd' })],
      Network: [network({ name: 'n' })],
    }),
  ),
);

const everything: Capabilities['actions'] = [
  'SET_POWER_STATE',
  'CREATE_VIRTUAL_MACHINE',
  'DELETE_VIRTUAL_MACHINE',
  'RECONFIGURE_VIRTUAL_MACHINE',
  'CREATE_SNAPSHOT',
  'REVERT_TO_SNAPSHOT',
  'DELETE_SNAPSHOT',
  'CLONE_VIRTUAL_MACHINE',
  'MIGRATE_VIRTUAL_MACHINE',
];

/** The codes and fields of the refusals. */
function refusals(
  action: Action,
  { checkState = true, ...given }: Partial<Capabilities> & { readonly checkState?: boolean } = {},
): string[] {
  const capabilities = { actions: everything, powerActions, ...given };
  return checkAction(action, { inventory: view, capabilities, checkState }).map(
    ({ code, field }) => `${code} ${field}`,
  );
}

const created = (spec: Partial<NewVm>, template: string | null = null): Action => ({
  kind: 'CREATE_VIRTUAL_MACHINE',
  spec: {
    name: 'new',
    cpuCount: 1,
    memoryMiB: 512,
    guestOs: null,
    diskBytes: null,
    datastore: null,
    network: null,
    host: null,
    labels: {},
    annotations: {},
    start: false,
    ...spec,
  },
  template,
});
const removed = (name: string, force = false): Action => ({
  kind: 'DELETE_VIRTUAL_MACHINE',
  vm: name,
  force,
  keepDisks: false,
});
const changed = (changes: object): Action => ({ kind: 'RECONFIGURE_VIRTUAL_MACHINE', vm: 'RUNNING', changes });
const snapshot = (kind: 'REVERT_TO_SNAPSHOT' | 'DELETE_SNAPSHOT', name: string, of = 'kept'): Action => ({
  kind,
  vm: of,
  name,
});
const taken = (name: string, of = 'kept'): Action => ({ kind: 'CREATE_SNAPSHOT', vm: of, name, description: null });
const cloned = (name: string, to: string | null = null): Action => ({
  kind: 'CLONE_VIRTUAL_MACHINE',
  vm: 'RUNNING',
  name,
  host: to,
  start: false,
});
const moved = (to: string): Action => ({ kind: 'MIGRATE_VIRTUAL_MACHINE', vm: 'RUNNING', host: to });
const reset: Action = { kind: 'SET_POWER_STATE', vm: 'RUNNING', action: 'RESET' };

const possible: readonly Action[] = [
  created({ datastore: 'd', network: 'n', host: 'h2', diskBytes: 2 ** 30, labels: { team: '' } }, 'RUNNING'),
  removed('STOPPED'),
  removed('SUSPENDED'),
  removed('RUNNING', true),
  changed({ cpuCount: 1_024 }),
  changed({ annotations: {} }),
  taken('other'),
  taken('s', 'silent'),
  snapshot('REVERT_TO_SNAPSHOT', 's'),
  snapshot('DELETE_SNAPSHOT', 's'),
  snapshot('DELETE_SNAPSHOT', 'unknown', 'silent'),
  cloned('copy', 'h2'),
  moved('h2'),
];

const impossible: readonly (readonly [Action, ...string[]])[] = [
  [{ ...reset, vm: 'nobody' }, 'NOT_FOUND input.id'],
  [created({ name: ' ' }), 'INVALID_ARGUMENT input.name'],
  [created({ name: 'x'.repeat(256) }), 'INVALID_ARGUMENT input.name'],
  [created({ name: 'RUNNING' }), 'INVALID_ARGUMENT input.name'],
  [created({ cpuCount: 0, memoryMiB: 0 }), 'INVALID_ARGUMENT input.cpuCount', 'INVALID_ARGUMENT input.memoryMiB'],
  [created({ cpuCount: 1_025 }), 'INVALID_ARGUMENT input.cpuCount'],
  [created({ diskBytes: 1 }), 'INVALID_ARGUMENT input.diskBytes'],
  [created({ labels: { '': 'x' } }), 'INVALID_ARGUMENT input.labels'],
  [created({ annotations: { x: 'y'.repeat(4_097) } }), 'INVALID_ARGUMENT input.annotations'],
  [created({}, 'nobody'), 'NOT_FOUND input.templateId'],
  [
    created({ datastore: 'no', network: 'no', host: 'no' }),
    'NOT_FOUND input.datastoreId',
    'NOT_FOUND input.networkId',
    'NOT_FOUND input.hostId',
  ],
  [changed({}), 'INVALID_ARGUMENT input'],
  [changed({ memoryMiB: -1 }), 'INVALID_ARGUMENT input.memoryMiB'],
  [changed({ labels: { ['k'.repeat(254)]: '' } }), 'INVALID_ARGUMENT input.labels'],
  [taken(''), 'INVALID_ARGUMENT input.name'],
  [cloned('kept'), 'INVALID_ARGUMENT input.name'],
  [cloned('copy', 'nowhere'), 'NOT_FOUND input.hostId'],
  [moved('nowhere'), 'NOT_FOUND input.hostId'],
];

/** Impossible now; what an operation under way leaves is not known. */
const impossibleNow: readonly (readonly [Action, ...string[]])[] = [
  [{ ...reset, vm: 'STOPPED' }, 'INVALID_STATE input.action'],
  [removed('RUNNING'), 'INVALID_STATE input.force'],
  [removed('PAUSED'), 'INVALID_STATE input.force'],
  [taken('s'), 'INVALID_ARGUMENT input.name'],
  [snapshot('REVERT_TO_SNAPSHOT', 'no'), 'NOT_FOUND input.name'],
  [snapshot('DELETE_SNAPSHOT', 'no'), 'NOT_FOUND input.name'],
  [moved('h1'), 'INVALID_STATE input.hostId'],
];

describe('a change', () => {
  test.each(possible)('is accepted if it is possible: %j', (action) => {
    expect(refusals(action)).toEqual([]);
  });

  test.each(impossible)('is refused if it is not, whatever is under way: %j', (action, ...why) => {
    expect(refusals(action)).toEqual(why);
    expect(refusals(action, { checkState: false })).toEqual(why);
  });

  test.each(impossibleNow)('that the present state forbids is refused unless that may change: %j', (action, ...why) => {
    expect(refusals(action)).toEqual(why);
    expect(refusals(action, { checkState: false })).toEqual([]);
  });

  test('that the driver cannot do is unsupported', () => {
    expect(refusals(reset, { actions: [] })).toEqual(['UNSUPPORTED null']);
    expect(refusals(reset, { powerActions: ['START'] })).toEqual(['UNSUPPORTED input.action']);
  });

  test('says in its refusal how the machine is', () => {
    const capabilities = { actions: everything, powerActions };
    const [problem] = checkAction({ ...reset, vm: 'STOPPED' }, { inventory: view, capabilities, checkState: true });
    expect(problem!.message).toBe('STOPPED is STOPPED; RESET is possible only in RUNNING, PAUSED, CRASHED.');
  });

  test('says in a line what it would do', () => {
    expect([...possible, reset].map((action) => previewOf(action, view))).toEqual([
      'new: create with 1 CPUs, 512 MiB, a disk of 1073741824 bytes',
      'STOPPED: delete with its disks',
      'SUSPENDED: delete with its disks',
      'RUNNING: delete with its disks',
      'RUNNING: change cpuCount to 1024',
      'RUNNING: change annotations to {}',
      'kept: keep the state as "other"',
      'silent: keep the state as "s"',
      'kept: go back to "s"; the present state is lost',
      'kept: drop the snapshot "s"',
      'silent: drop the snapshot "unknown"',
      'RUNNING: copy as "copy"',
      'RUNNING: move to h2',
      'RUNNING: RESET, from RUNNING to RUNNING',
    ]);
  });

  test('waits for others of the same machine, and a new machine for one of the same name', () => {
    expect(serialKeyOf(reset)).toBe(serialKeyOf(changed({})));
    expect(serialKeyOf(created({}))).toBe(serialKeyOf(created({ cpuCount: 4 })));
    expect(serialKeyOf(created({ name: 'RUNNING' }))).not.toBe(serialKeyOf(reset));
  });
});
