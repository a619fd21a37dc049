import { isIPv4, isIPv6 } from 'node:net';

import type { Network } from '../../model/network.ts';
import { attribute, child, children, parseXml, text, wholeNumber } from './xml.ts';
import type { XmlNode } from './xml.ts';

// The XML of a network as a network of our model.

/**
 * Reads the XML of a network.
 * @throws What `malformed` makes if it is not one.
 */
export function parseNetworkXml(xml: string, malformed: (problem: string, cause?: unknown) => Error): Network {
  const network = parseXml(xml, 'network', malformed);
  const localId = text(child(network, 'uuid'));
  const name = text(child(network, 'name'));
  if (localId === null || name === null) {
    throw malformed('the XML of a network gives it no name or no UUID');
  }
  const forward = child(network, 'forward');
  return {
    localId,
    name,
    // libvirt's own default: <forward/> without a mode is NAT, no <forward> at all is a network without a way out.
    kind: forward === null ? 'isolated' : (attribute(forward, 'mode') ?? 'nat'),
    vlanId: vlanOf(child(network, 'vlan')),
    bridge: attribute(child(network, 'bridge'), 'name'),
    cidrs: children(network, 'ip').flatMap((ip) => cidrOf(ip) ?? []),
  };
}

/** A trunk of several VLANs is not on any one of them. */
function vlanOf(vlan: XmlNode | null): number | null {
  const tags = children(vlan, 'tag');
  return tags.length === 1 ? wholeNumber(attribute(tags[0]!, 'id')) : null;
}

function cidrOf(ip: XmlNode): string | null {
  const address = attribute(ip, 'address') ?? '';
  const bits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : null;
  const prefix = prefixOf(ip, bits);
  if (bits === null || prefix === null || prefix > bits) {
    return null;
  }
  const host = BigInt(bits - prefix);
  const range = ((bits === 32 ? parseIPv4(address) : parseIPv6(address)) >> host) << host;
  return `${bits === 32 ? formatIPv4(range) : formatIPv6(range)}/${prefix}`;
}

/** The prefix as written, or by the netmask; a missing one is the whole address, as libvirt takes it for IPv6. */
function prefixOf(ip: XmlNode, bits: number | null): number | null {
  const netmask = attribute(ip, 'netmask');
  if (netmask !== null && isIPv4(netmask)) {
    const ones = parseIPv4(netmask).toString(2).padStart(32, '0').replace(/0+$/, '');
    return ones.includes('0') ? null : ones.length;
  }
  return wholeNumber(attribute(ip, 'prefix')) ?? bits;
}

function parseIPv4(address: string): bigint {
  return address.split('.').reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
}

function formatIPv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
}

/** Takes what `isIPv6` takes, but for a zone, which is of no use in a range. */
function parseIPv6(address: string): bigint {
  const plain = address.replace(/%.*$/, '').replace(/[\d.]+$/, (tail) => (tail.includes('.') ? hexOfIPv4(tail) : tail));
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = !tail ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

function hexOfIPv4(address: string): string {
  const value = parseIPv4(address);
  return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

/** The short form of RFC 5952, which the URL parser writes. */
function formatIPv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - 16 * at)) & 0xffffn).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
