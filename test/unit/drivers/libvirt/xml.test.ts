import { describe, expect, test } from '@jest/globals';

import { parseDomainXml } from '../../../../src/drivers/libvirt/domain-xml.ts';
import type { DomainDescription } from '../../../../src/drivers/libvirt/domain-xml.ts';
import { parseCapabilitiesXml } from '../../../../src/drivers/libvirt/host-xml.ts';
import { parseNetworkXml } from '../../../../src/drivers/libvirt/network-xml.ts';
import { parsePoolXml } from '../../../../src/drivers/libvirt/pool-xml.ts';
import type { Network } from '../../../../src/model/network.ts';

const malformed = (problem: string): Error => new Error(problem);

function domain(content: string): DomainDescription {
  return parseDomainXml(`<domain type='kvm'><name>n</name><uuid>u</uuid>${content}</domain>`, malformed);
}

function network(content: string): Network {
  return parseNetworkXml(`<network><name>n</name><uuid>u</uuid>${content}</network>`, malformed);
}

describe('the XML of a domain', () => {
  test('gives memory in MiB, whatever its unit', () => {
    expect(domain("<memory unit='KiB'>2097152</memory>").memoryMiB).toBe(2048);
    expect(domain("<memory unit='GiB'>3</memory>").memoryMiB).toBe(3072);
    expect(domain('<memory>1024</memory>').memoryMiB).toBe(1);
    expect(domain("<memory unit='parsecs'>3</memory>").memoryMiB).toBeNull();
    expect(domain('').memoryMiB).toBeNull();
  });

  test('gives the CPUs that are in use, not the most there may be', () => {
    expect(domain("<vcpu placement='static' current='2'>8</vcpu>").cpuCount).toBe(2);
    expect(domain('<vcpu>8</vcpu>').cpuCount).toBe(8);
  });

  test('decodes references, and keeps texts that look like numbers as they are', () => {
    const { annotations } = domain('<title>007</title><description>a &amp;amp; b&#13;&lt;c&gt; é</description>');
    expect(annotations).toEqual({ title: '007', description: 'a &amp; b\r<c> é' });
  });

  test('has labels in our namespace only, whatever the prefix', () => {
    const ours = "xmlns:s='https://sitewide.dev/metadata/v1'";
    const labels = (content: string): unknown => domain(`<metadata>${content}</metadata>`).labels;
    expect(labels(`<s:metadata ${ours}><s:label key='a' value='1'/><s:label key='b'/></s:metadata>`)).toEqual({
      a: '1',
      b: '',
    });
    expect(labels("<m xmlns='https://sitewide.dev/metadata/v1'><label key='a' value='1'/></m>")).toEqual({ a: '1' });
    expect(labels("<s:metadata xmlns:s='urn:other'><s:label key='a' value='1'/></s:metadata>")).toEqual({});
    expect(labels(`<s:metadata ${ours}><s:label key='__proto__' value='1'/></s:metadata>`)).toEqual(
      Object.fromEntries([['__proto__', '1']]),
    );
  });

  test('has the disks, not the drives', () => {
    const { disks } = domain(`<devices>
      <disk type='file' device='disk'><source file='/a/b.img'/><target dev='vda'/></disk>
      <disk type='block'><source dev='/dev/vg/x'/><target dev='vdb'/></disk>
      <disk type='volume' device='disk'><source pool='p' volume='v'/><target dev='vdc'/></disk>
      <disk type='network' device='disk'><source protocol='rbd' name='pool/image'/><target dev='vdd'/></disk>
      <disk type='file' device='cdrom'><target dev='hda'/></disk>
      <disk type='file' device='floppy'><target dev='fda'/></disk>
    </devices>`);
    expect(disks).toEqual([
      { name: 'vda', path: '/a/b.img', pool: null },
      { name: 'vdb', path: '/dev/vg/x', pool: null },
      { name: 'vdc', path: 'v', pool: 'p' },
      { name: 'vdd', path: 'pool/image', pool: null },
    ]);
  });

  test('has the interfaces with the network or the bridge they are on', () => {
    const { interfaces } = domain(`<devices>
      <interface type='network'><mac address='52:54:00:AA:BB:CC'/><source network='lan'/><target dev='vnet0'/></interface>
      <interface type='bridge'><source bridge='br0'/></interface>
    </devices>`);
    expect(interfaces).toEqual([
      { name: 'vnet0', macAddress: '52:54:00:aa:bb:cc', network: 'lan', bridge: null },
      { name: null, macAddress: null, network: null, bridge: 'br0' },
    ]);
  });

  test.each([
    ['', 'there is no element domain'],
    ['<network/>', 'there is no element domain'],
    ['<domain><name>n</name></domain>', 'no name or no UUID'],
    ['<!DOCTYPE d [<!ENTITY x "y">]><domain><name>&x;</name></domain>', 'has a document type'],
    ['<?xml version="1.0"?>\n<!doctype d><domain/>', 'has a document type'],
  ])('%j is refused', (xml, problem) => {
    expect(() => parseDomainXml(xml, malformed)).toThrow(problem);
  });
});

describe('the XML of a network', () => {
  test.each([
    ["<ip address='192.168.122.1' netmask='255.255.252.0'/>", ['192.168.120.0/22']],
    ["<ip address='10.9.8.7' prefix='8'/>", ['10.0.0.0/8']],
    ["<ip address='10.9.8.7' prefix='0'/>", ['0.0.0.0/0']],
    ["<ip family='ipv6' address='2001:db8:ca2:2::1' prefix='64'/>", ['2001:db8:ca2:2::/64']],
    ["<ip family='ipv6' address='::ffff:1.2.3.4' prefix='112'/>", ['::ffff:102:0/112']],
    ["<ip address='10.0.0.1' netmask='255.0.255.0'/>", []],
    ["<ip address='10.0.0.1' prefix='33'/>", []],
    ["<ip address='nowhere' prefix='8'/>", []],
    [
      "<ip address='10.0.0.1' prefix='24'/><ip family='ipv6' address='fd00::1' prefix='8'/>",
      ['10.0.0.0/24', 'fd00::/8'],
    ],
  ])('%s is the ranges %j', (ip, cidrs) => {
    expect(network(ip).cidrs).toEqual(cidrs);
  });

  test('has a kind by its way out', () => {
    expect(network("<forward mode='bridge'/><bridge name='br0'/>")).toMatchObject({ kind: 'bridge', bridge: 'br0' });
    expect(network('<forward/>').kind).toBe('nat');
    expect(network('').kind).toBe('isolated');
  });

  test('has a VLAN if it is one, not a trunk of several', () => {
    expect(network("<vlan><tag id='42'/></vlan>").vlanId).toBe(42);
    expect(network("<vlan trunk='yes'><tag id='42'/><tag id='43'/></vlan>").vlanId).toBeNull();
  });
});

describe('the XML of a storage pool', () => {
  const xml = `<pool type='dir'><name>n</name><uuid>u</uuid><target><path>/a/b/</path></target></pool>`;

  test('is a datastore with its folder', () => {
    expect(parsePoolXml(xml, { state: 2, capacity: 10, allocation: 3, available: 7 }, malformed)).toEqual({
      datastore: { localId: 'u', name: 'n', kind: 'dir', capacityBytes: 10, freeBytes: 7 },
      path: '/a/b',
    });
  });

  test('says nothing of its size while it is not active', () => {
    const { datastore } = parsePoolXml(xml, { state: 0, capacity: 0, allocation: 0, available: 0 }, malformed);
    expect(datastore).toMatchObject({ capacityBytes: null, freeBytes: null });
  });
});

test('capabilities name the host and its processor, as far as they do', () => {
  const host = '<uuid>u</uuid><cpu><arch>x86_64</arch><model>EPYC</model><vendor>AMD</vendor></cpu>';
  expect(parseCapabilitiesXml(`<capabilities><host>${host}</host></capabilities>`, malformed)).toEqual({
    uuid: 'u',
    cpuModel: 'AMD EPYC',
  });
  expect(
    parseCapabilitiesXml('<capabilities><host><cpu><arch>i686</arch></cpu></host></capabilities>', malformed),
  ).toEqual({ uuid: null, cpuModel: 'i686' });
});
