import { expect, test } from '@jest/globals';

import { parseSnapshotXml, snapshotXml } from '../../../../src/drivers/libvirt/snapshot-xml.ts';

const malformed = (problem: string): Error => new Error(problem);

test('what is written of a snapshot is read from it', () => {
  for (const description of ['before <the> "upgrade" & co', 'two\n\nparagraphs', null]) {
    const xml = snapshotXml({ name: 'a & b', description, operation: 'op-1' });
    expect(parseSnapshotXml(xml, malformed)).toMatchObject({ name: 'a & b', description, operation: 'op-1' });
  }
});

test('one that somebody else made has no operation, whatever its description says in the middle', () => {
  const description = 'Made by operation 7 and by hand';
  const xml = `<domainsnapshot><name>x</name><description>${description}</description></domainsnapshot>`;
  expect(parseSnapshotXml(xml, malformed)).toMatchObject({ description, operation: null });
});

test('the machine that it keeps is not taken for the snapshot', () => {
  const xml = `<domainsnapshot>
    <name>x</name><state>disk-snapshot</state><creationTime>1700000000</creationTime><parent><name>w</name></parent>
    <domain type='qemu'><name>vm</name><description>of the machine</description></domain>
    <inactiveDomain type='qemu'><name>vm</name></inactiveDomain>
  </domainsnapshot>`;
  expect(parseSnapshotXml(xml, malformed)).toEqual({
    name: 'x',
    description: null,
    operation: null,
    createdAt: 1_700_000_000_000,
    parent: 'w',
    powerState: 'STOPPED',
  });
});

test('what is none is refused', () => {
  expect(() => parseSnapshotXml('<domainsnapshot/>', malformed)).toThrow('gives it no name');
});
