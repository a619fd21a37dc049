import { describe, expect, test } from '@jest/globals';

import { isObservable, powerActions, powerTransitions, type Action } from '../../../src/model/action.ts';
import { showsEffect } from '../../../src/model/action-effect.ts';
import type { PowerState, Vm } from '../../../src/model/vm.ts';
import { row, vm } from '../../support/builders.ts';

const kept = { description: null, createdAt: null, parent: null, isCurrent: true, powerState: 'RUNNING' } as const;
const states: readonly PowerState[] = ['RUNNING', 'STOPPED', 'PAUSED', 'SUSPENDED', 'CRASHED', 'UNKNOWN'];

/** What an inventory shows in which the machine is so, or is not there. */
function shown(action: Action, given: Partial<Vm> | null): boolean | null {
  const machine = given === null ? null : row('VirtualMachine', vm({ name: 'vm', ...given }));
  return showsEffect(action, 'vm', { vm: () => machine });
}

describe('the effect', () => {
  test.each(powerActions)('of %s is the state that it leads to, if it can be observed', (power) => {
    const action: Action = { kind: 'SET_POWER_STATE', vm: 'vm', action: power };
    for (const powerState of states) {
      const wanted = isObservable(action) ? powerState === powerTransitions[power].to : null;
      expect([powerState, shown(action, { powerState })]).toEqual([powerState, wanted]);
    }
    // A machine that is gone has no state.
    expect(shown(action, null)).toBe(isObservable(action) ? false : null);
  });

  test('of a power action is there only where another such action would be refused', () => {
    for (const power of powerActions) {
      const action: Action = { kind: 'SET_POWER_STATE', vm: 'vm', action: power };
      if (!isObservable(action)) continue;
      const { from } = powerTransitions[power];
      expect(from.filter((powerState) => shown(action, { powerState }) === true)).toEqual([]);
    }
  });

  test('of making a machine is that it is there, and runs if it is to', () => {
    const clone = { kind: 'CLONE_VIRTUAL_MACHINE', vm: 'other', name: 'vm', host: null } as const;
    expect(shown({ ...clone, start: false }, null)).toBe(false);
    expect(shown({ ...clone, start: false }, { powerState: 'STOPPED' })).toBe(true);
    expect(shown({ ...clone, start: true }, { powerState: 'STOPPED' })).toBe(false);
    expect(shown({ ...clone, start: true }, { powerState: 'RUNNING' })).toBe(true);
  });

  test('of deleting one is that it is not', () => {
    const action: Action = { kind: 'DELETE_VIRTUAL_MACHINE', vm: 'vm', force: false, keepDisks: false };
    expect([shown(action, {}), shown(action, null)]).toEqual([false, true]);
  });

  test('of changing one is that all of it is so', () => {
    const changes = { cpuCount: 4, labels: { team: 'a', tier: 'b' } };
    const action: Action = { kind: 'RECONFIGURE_VIRTUAL_MACHINE', vm: 'vm', changes };
    expect(shown(action, { cpuCount: 4 })).toBe(false);
    expect(shown(action, { cpuCount: 4, labels: { tier: 'b', team: 'a' } })).toBe(true);
    expect(shown(action, { cpuCount: 4, labels: { tier: 'b', team: 'a', more: 'c' } })).toBe(false);
    expect(shown(action, null)).toBe(false);
  });

  test('of snapshots is that they are there or not, where the manager tells', () => {
    const create: Action = { kind: 'CREATE_SNAPSHOT', vm: 'vm', name: 's', description: null };
    const drop: Action = { kind: 'DELETE_SNAPSHOT', vm: 'vm', name: 's' };
    const revert: Action = { kind: 'REVERT_TO_SNAPSHOT', vm: 'vm', name: 's' };
    const all = (given: Partial<Vm>) => [create, drop, revert].map((action) => shown(action, given));
    expect(all({ snapshots: [{ name: 's', ...kept }] })).toEqual([true, false, null]);
    expect(all({ snapshots: [] })).toEqual([false, true, null]);
    expect(all({ snapshots: null })).toEqual([null, null, null]);
  });

  test('of moving one is that it is there', () => {
    const action: Action = { kind: 'MIGRATE_VIRTUAL_MACHINE', vm: 'vm', host: 'h2' };
    expect(shown(action, { host: { localId: 'h1', name: 'h1' } })).toBe(false);
    expect(shown(action, { host: { localId: 'h2', name: 'h2' } })).toBe(true);
  });
});
