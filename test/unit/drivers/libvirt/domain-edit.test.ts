import { expect, test } from '@jest/globals';

import { setIdentity, setNotes, setSizes } from '../../../../src/drivers/libvirt/domain-edit.ts';
import { parseDomainXml } from '../../../../src/drivers/libvirt/domain-xml.ts';
import { editXml, printXml } from '../../../../src/drivers/libvirt/xml-edit.ts';

const malformed = (problem: string): Error => new Error(problem);
const xml = `<domain type='kvm'>
  <name>old</name><uuid>1</uuid><genid>2</genid><title>Old</title>
  <metadata><o:other xmlns:o="urn:o">x</o:other></metadata>
  <memory unit='KiB'>1024</memory><vcpu placement='static' current='1'>4</vcpu>
  <os><nvram>/old_VARS.fd</nvram></os>
  <devices><interface type='network'><mac address='52:54:00:00:00:01'/></interface></devices>
</domain>`;

test('labels and annotations are read as they were written, also where XML or libvirt would change them', () => {
  const labels = { 'a"b': "c'd <&>", empty: '', 'läng\tere': 'x\ny' };
  const annotations = { title: 'two\nlines', description: ' padded ', other: 'z' };
  const domain = editXml(xml);
  setNotes(domain, { labels: { gone: 'soon' }, annotations: {} });
  setNotes(domain, { labels, annotations });
  expect(parseDomainXml(printXml(domain), malformed)).toMatchObject({ labels, annotations });
  expect(printXml(domain)).toContain('<o:other xmlns:o="urn:o">x</o:other>');
  setNotes(domain, { labels: {}, annotations: { title: 'plain' } });
  expect(printXml(domain)).toContain('<title>plain</title>');
  expect(parseDomainXml(printXml(domain), malformed)).toMatchObject({ labels: {}, annotations: { title: 'plain' } });
});

test('sizes that are not said stay, with what else is said of them', () => {
  const domain = editXml(xml);
  setSizes(domain, { memoryMiB: 64 });
  expect(printXml(domain)).toContain('<vcpu placement="static" current="1">4</vcpu>');
  setSizes(domain, { cpuCount: 2 });
  expect(parseDomainXml(printXml(domain), malformed)).toMatchObject({ memoryMiB: 64, cpuCount: 2 });
});

test('a copy has nothing that may be in one machine only', () => {
  const domain = editXml(xml);
  setIdentity(domain, { name: 'new', uuid: '3' });
  const printed = printXml(domain);
  expect(parseDomainXml(printed, malformed)).toMatchObject({ name: 'new', uuid: '3' });
  for (const unique of ['genid', 'old_VARS', '52:54:00']) {
    expect(printed).not.toContain(unique);
  }
});
