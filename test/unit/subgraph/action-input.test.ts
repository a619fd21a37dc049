import { describe, expect, test } from '@jest/globals';

import { askedVmOf, checkLabels, filledVm, vmActions } from '../../../src/subgraph/action-input.ts';
import { vm } from '../../support/builders.ts';

const read = (id: string, type: string): string => `${type} ${id}`;
const machine = 'VirtualMachine 1';

describe('an input becomes an action', () => {
  test('whose ids are local, and whose flags are false where null is given', () => {
    expect(vmActions.deleteVirtualMachine({ id: '1', force: null }, read)).toEqual({
      kind: 'DELETE_VIRTUAL_MACHINE',
      vm: machine,
      force: false,
      keepDisks: false,
    });
    expect(vmActions.cloneVirtualMachine({ id: '1', name: 'b', hostId: '2', start: true }, read)).toEqual({
      kind: 'CLONE_VIRTUAL_MACHINE',
      vm: machine,
      name: 'b',
      host: 'Host 2',
      start: true,
    });
  });

  test('that changes only what is said', () => {
    const labels = [{ key: 'app', value: 'shop' }];
    const action = vmActions.reconfigureVirtualMachine({ id: '1', cpuCount: 2, memoryMiB: null, labels }, read);
    expect(action).toEqual({
      kind: 'RECONFIGURE_VIRTUAL_MACHINE',
      vm: machine,
      changes: { cpuCount: 2, labels: { app: 'shop' } },
    });
  });

  test('that takes all labels away where the list is empty', () => {
    expect(vmActions.reconfigureVirtualMachine({ id: '1', labels: [] }, read)).toMatchObject({
      changes: { labels: {} },
    });
  });
});

describe('a new machine', () => {
  const template = vm({
    name: 'golden',
    cpuCount: 8,
    memoryMiB: 4096,
    guestOs: 'Debian',
    disks: [{ name: 'vda', capacityBytes: 1, allocatedBytes: null, datastore: 'd1', path: null }],
    networkInterfaces: [{ name: 'eth0', macAddress: null, network: 'n1', ipAddresses: [] }],
    labels: { app: 'shop' },
    annotations: { note: 'x' },
  });
  const input = { installationId: 'i', name: 'new', start: true };

  test('has 1 CPU, 512 MiB and nothing else where nothing is said', () => {
    expect(filledVm(askedVmOf(input, read), null)).toEqual({
      kind: 'CREATE_VIRTUAL_MACHINE',
      template: null,
      spec: {
        ...{ name: 'new', cpuCount: 1, memoryMiB: 512, guestOs: null, diskBytes: null, datastore: null, network: null },
        ...{ host: null, labels: {}, annotations: {}, start: true },
      },
    });
  });

  test('has what its template has where nothing is said, and what is said elsewhere', () => {
    const asked = askedVmOf({ ...input, templateId: 't', cpuCount: 2, networkId: 'n', labels: [] }, read);
    expect(filledVm(asked, template)).toEqual({
      kind: 'CREATE_VIRTUAL_MACHINE',
      template: 'VirtualMachine t',
      spec: {
        ...{ name: 'new', cpuCount: 2, memoryMiB: 4096, guestOs: 'Debian', diskBytes: null, datastore: 'd1' },
        ...{ network: 'Network n', host: null, labels: {}, annotations: { note: 'x' }, start: true },
      },
    });
  });
});

test('a key that is given twice is refused by name', () => {
  const twice = [
    { key: 'app', value: 'a' },
    { key: 'app', value: 'b' },
  ];
  expect(checkLabels({ labels: null, annotations: twice })).toEqual([
    { code: 'INVALID_ARGUMENT', field: 'input.annotations', message: 'The key "app" is given more than once.' },
  ]);
  expect(checkLabels({ labels: twice.slice(1) })).toEqual([]);
});
