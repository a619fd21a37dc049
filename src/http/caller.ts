import { BlockList, isIPv6 } from 'node:net';

import { LRUCache } from 'lru-cache';

// Who asks, as far as only the address tells.

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * A name for whoever asks from an address; null for this machine itself. There the address tells nobody apart, and a broker
 * without certificates is asked from nowhere else. One household or office has a whole `/64` of IPv6, so that its addresses
 * are one caller.
 */
export function callerAt(address: string | null): string | null {
  if (address === null) {
    return 'unknown';
  }
  const known = callers.get(address);
  if (known) {
    return known.name;
  }
  const name = nameOf(address);
  callers.set(address, { name });
  return name;
}

/** Whoever asks asks again. */
const callers = new LRUCache<string, { readonly name: string | null }>({ max: 1_000 });

function nameOf(address: string): string | null {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (loopback.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')) {
    return null;
  }
  return isIPv6(plain) ? networkOf(plain) : plain;
}

/** The first four of the eight groups of an IPv6 address. */
function networkOf(address: string): string {
  const [before = '', after] = address.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros =
    after === undefined ? [] : Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  const groups = [...head, ...zeros, ...tail].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${groups.join(':')}::/64`;
}
