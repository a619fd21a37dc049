import { describe, expect, test } from '@jest/globals';

import type { FollowedOperation } from '../../../src/cli/operation/follow.ts';
import { progressLine } from '../../../src/cli/operation/progress.ts';
import { eventLine } from '../../../src/cli/output/event.ts';

const operation: FollowedOperation = {
  id: 'id',
  kind: 'SET_POWER_STATE',
  state: 'RUNNING',
  progress: 50,
  itemCount: 1,
  succeededCount: 0,
  failedCount: 0,
  cancelledCount: 0,
  targetId: 'vm',
  targetName: 'web-01',
  installation: { localId: 'a' },
  parentId: null,
  actor: 'anonymous',
  idempotencyKey: 'key',
  cancelRequested: false,
  error: null,
  createdAt: null,
  startedAt: null,
  finishedAt: null,
};

describe('the line of an operation that runs', () => {
  test('has what it does, how far it is, and its state', () => {
    expect(progressLine(operation, 80)).toBe('SET_POWER_STATE web-01 [##########----------]  50 % RUNNING');
  });

  test('counts the machines of a bulk', () => {
    const bulk = {
      ...operation,
      kind: 'SET_POWER_STATE_BULK',
      targetName: null,
      itemCount: 9,
      succeededCount: 4,
    } as const;
    expect(progressLine(bulk, 120)).toContain('9 machines, 4 done, 0 failed');
  });

  test('says why it failed, within the width of the terminal and without obeying a name', () => {
    const failed = {
      ...operation,
      state: 'FAILED',
      targetName: 'web\u001b[2J',
      error: { code: 'INVALID_STATE', message: 'It is STOPPED.' },
    } as const;
    const line = progressLine(failed, 60);
    expect(line).toContain('web\\x1b[2J');
    expect(line.length).toBeLessThan(60);
    expect(progressLine(failed, 200)).toContain('FAILED INVALID_STATE: It is STOPPED.');
  });
});

describe('the line of an event', () => {
  test('has what happened where, and the resource', () => {
    const node = { __typename: 'VirtualMachine', id: 'id', name: 'web-01', powerState: 'STOPPED' };
    const event = { type: 'MODIFIED', source: 'installation:a', sequence: 7, resumeToken: 't', node };
    expect(eventLine(event)).toBe('MODIFIED a                VirtualMachine web-01 powerState=STOPPED');
  });

  test('is short where there is no resource', () => {
    expect(eventLine({ type: 'GAP', source: 'installation:a', sequence: 7, resumeToken: 't', node: null })).toBe(
      'GAP      a',
    );
  });
});
