import { describe, expect, test } from '@jest/globals';

import { createSnapshot } from '../../../src/inventory/snapshot.ts';
import type { InventoryState } from '../../../src/inventory/state.ts';
import type { CoverageWanted } from '../../../src/model/coverage.ts';
import type { Operations } from '../../../src/operations/operations.ts';
import { inventory, vm } from '../../support/builders.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { asker, createRecordingOperations, operation } from '../../support/operation.ts';
import { askSchema, idOf, schemaOf, stateOf } from '../../support/subgraph.ts';

const clock = createManualClock();
const snapshot = createSnapshot('a', inventory({ VirtualMachine: [vm({ name: 'web', cpuCount: 4 })] }));
const accepted = operation({ localId: 'o1', target: 'web', targetName: 'web' });

interface Asking {
  readonly operations?: Operations;
  readonly state?: Partial<InventoryState>;
  readonly wanted?: Partial<CoverageWanted>;
}

function change(field: string, input: Record<string, unknown>, { operations, state, wanted = {} }: Asking = {}) {
  const schema = schemaOf({ current: () => stateOf(snapshot, state), clock, ...(operations && { operations }) });
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  const source = `mutation ($input: ${type}!) { ${field}(input: $input) { operation { id state target { id } }
    userErrors { code field message } preview targetCount coverage { complete } } }`;
  return askSchema(schema, clock, { source, variables: { input }, wanted });
}

describe('a change of a machine', () => {
  test('is accepted as an operation', async () => {
    const operations = createRecordingOperations([], { operation: accepted });
    const input = { id: idOf('VirtualMachine', 'web'), action: 'FORCE_STOP', idempotencyKey: 'k' };
    const { data, errors } = await change('setPowerState', input, { operations });
    expect(errors).toEqual([]);
    expect(data.setPowerState).toEqual({
      operation: { id: idOf('Operation', 'o1'), state: 'QUEUED', target: { id: input.id } },
      ...{ userErrors: [], preview: null, targetCount: null, coverage: null },
    });
    expect(operations.asked).toEqual([
      {
        action: { kind: 'SET_POWER_STATE', vm: 'web', action: 'FORCE_STOP' },
        ...{ ...asker, requestId: 'r', idempotencyKey: 'k', dryRun: false },
      },
    ]);
  });

  test('tells of a refusal, and of what would be done', async () => {
    const userErrors = [{ code: 'INVALID_STATE', field: 'input.action', message: 'It is off.' }] as const;
    const operations = createRecordingOperations([], { userErrors, preview: ['Nothing.'] });
    const input = { id: idOf('VirtualMachine', 'web'), action: 'SHUTDOWN', dryRun: true };
    const { data } = await change('setPowerState', input, { operations });
    expect(data.setPowerState).toMatchObject({ operation: null, userErrors, preview: ['Nothing.'] });
    expect(operations.asked).toMatchObject([{ dryRun: true, idempotencyKey: null }]);
  });

  test.each([
    ['INVALID_ID', 'web'],
    ['INVALID_ID', idOf('Host', 'web')],
    ['UNKNOWN_INSTALLATION', idOf('VirtualMachine', 'web', 'b')],
  ])('is an error, %s, where the id is %s', async (code, id) => {
    const operations = createRecordingOperations();
    const { errors } = await change('deleteVirtualMachine', { id }, { operations });
    expect(errors[0]?.extensions.code).toBe(code);
    expect(operations.asked).toEqual([]);
  });

  test('is refused before anything is done where all is required and the inventory is old', async () => {
    const operations = createRecordingOperations();
    const input = { id: idOf('VirtualMachine', 'web'), name: 's' };
    const old = { operations, state: { status: 'STALE', message: 'away' } as const };
    const { errors } = await change('createSnapshot', input, { ...old, wanted: { require: 'ALL' } });
    expect(errors[0]?.extensions.code).toBe('COVERAGE_NOT_MET');
    expect(operations.asked).toEqual([]);
    expect((await change('createSnapshot', input, old)).errors).toEqual([]);
  });

  test('is STORE_UNAVAILABLE at a broker without a database', async () => {
    const { data, errors } = await change('setPowerState', { id: idOf('VirtualMachine', 'web'), action: 'START' });
    expect(data).toEqual({ setPowerState: null });
    expect(errors[0]?.extensions).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  });
});

test('a machine from a template has the CPUs of the template, and its key stands for what the caller said', async () => {
  const operations = createRecordingOperations();
  const templateId = idOf('VirtualMachine', 'web');
  const input = { installationId: idOf('Installation', 'a'), name: 'new', templateId };
  expect((await change('createVirtualMachine', input, { operations })).errors).toEqual([]);
  expect(operations.asked).toMatchObject([
    { action: { template: 'web', spec: { cpuCount: 4 } }, asked: { template: 'web', spec: { cpuCount: null } } },
  ]);
});

test('a label that is given twice is refused and asked of nobody', async () => {
  const operations = createRecordingOperations();
  const labels = [1, 2].map((value) => ({ key: 'app', value: String(value) }));
  const input = { id: idOf('VirtualMachine', 'web'), labels };
  const { data } = await change('reconfigureVirtualMachine', input, { operations });
  expect(data.reconfigureVirtualMachine.userErrors).toMatchObject([
    { code: 'INVALID_ARGUMENT', field: 'input.labels' },
  ]);
  expect(operations.asked).toEqual([]);
});

describe('a bulk', () => {
  const filter = { name: { startsWith: 'w' } };

  test('hands over its filter and its limit, and says which installations took part', async () => {
    const operations = createRecordingOperations([], { targetCount: 1 });
    const input = { filter, action: 'PAUSE', operationId: idOf('Operation', 'site', '*') };
    const { data } = await change('setPowerStateBulk', input, { operations });
    expect(data.setPowerStateBulk).toMatchObject({ targetCount: 1, coverage: { complete: true } });
    expect(operations.asked).toEqual([
      {
        action: { kind: 'SET_POWER_STATE_BULK', action: 'PAUSE' },
        ...{ filter, asked: filter, maxTargets: 100, operationId: 'site' },
        ...{ ...asker, requestId: 'r', idempotencyKey: null, dryRun: false },
      },
    ]);
  });

  test('is about its own site only, and its key stands for the filter as it was asked', async () => {
    const operations = createRecordingOperations([], { targetCount: 1 });
    for (const site of ['lyon', 'oslo']) {
      await change('createSnapshotBulk', { filter: { site: { eq: site } }, name: 's' }, { operations });
    }
    expect(operations.asked).toMatchObject([
      { filter: {}, asked: { site: { eq: 'lyon' } } },
      { filter: { or: [] }, asked: { site: { eq: 'oslo' } } },
    ]);
  });

  test("cannot be a part of one installation's own operation", async () => {
    const operations = createRecordingOperations();
    const input = { filter, name: 's', operationId: idOf('Operation', 'o1') };
    const { errors } = await change('createSnapshotBulk', input, { operations });
    expect(errors[0]?.extensions.code).toBe('INVALID_ID');
    expect(operations.asked).toEqual([]);
  });
});

describe('cancelling', () => {
  const cancel = async (id: string) => {
    const operations = createRecordingOperations([accepted]);
    const schema = schemaOf({ current: () => stateOf(snapshot), clock, operations });
    const source = `mutation { cancelOperation(input: { id: "${id}" }) { operation { id } userErrors { code field } } }`;
    return (await askSchema(schema, clock, { source })).data.cancelOperation as unknown;
  };

  test('gives the operation', async () => {
    const id = idOf('Operation', 'o1');
    expect(await cancel(id)).toEqual({ operation: { id }, userErrors: [] });
  });

  test('is refused where there is no such operation', async () => {
    const userErrors = [{ code: 'NOT_FOUND', field: 'input.id' }];
    expect(await cancel(idOf('Operation', 'o2'))).toEqual({ operation: null, userErrors });
  });

  test('is nothing where the installation has no part of a bulk', async () => {
    expect(await cancel(idOf('Operation', 'o2', '*'))).toBeNull();
  });
});
