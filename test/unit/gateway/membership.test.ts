import { expect, test } from '@jest/globals';

import type { SiteConfig } from '../../../src/config/schema.ts';
import { createMembership, type Membership, type Topology } from '../../../src/gateway/membership.ts';
import type { PeerTransport } from '../../../src/gateway/peer-transport.ts';
import { identifyInstallation, type Source } from '../../../src/gateway/source.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const clock = createManualClock();

test('the own installation comes first and the others by id, with this broker not among their endpoints', () => {
  const { membership } = membershipOf({ b: ['b-1'], own: ['own-1', 'own-2'], a: ['a-1'] });
  const { sources, targets, endpoints } = membership.current;
  expect(sources.map(({ id }) => id)).toEqual(['installation:own', 'installation:a', 'installation:b']);
  expect(targets.map(({ source }) => source)).toEqual(['installation:own', 'installation:a', 'installation:b']);
  expect([...endpoints.keys()].sort()).toEqual(['a-1', 'b-1', 'own-2']);
});

test('an endpoint that stays is the same one, with its statistics, and its target keeps its budgets', () => {
  const { membership } = membershipOf({ own: ['own-1'], a: ['a-1', 'a-2'] });
  const before = membership.current;
  before.endpoints.get('a-1')!.begin().fail('away');
  expect(membership.adopt(topology(site({ own: ['own-1'], a: ['a-1', 'a-3'] })))).toEqual({
    joined: ['a-3 at http://a-3'],
    left: ['a-2 at http://a-2'],
  });
  const { targets, endpoints } = membership.current;
  expect(endpoints.get('a-1')).toBe(before.endpoints.get('a-1'));
  expect(endpoints.get('a-1')!.lastError).toBe('away');
  expect(targets[0]!.endpoints.map(({ id }) => id)).toEqual(['a-1', 'a-3']);
  expect(targets[0]!.retries).toBe(before.targets[0]!.retries);
  expect(targets[0]!.latency).toBe(before.targets[0]!.latency);
});

test('whoever holds the old set goes on with it', () => {
  const { membership } = membershipOf({ own: ['own-1'], a: ['a-1'], b: ['b-1'] });
  const held = membership.current;
  membership.adopt(topology(site({ own: ['own-1'], a: ['a-1'] })));
  expect(held.sources).toHaveLength(3);
  expect(held.targets[1]!.endpoints).toHaveLength(1);
  expect(membership.current.sources).toHaveLength(2);
});

test('the connections to an address are closed once nobody has it any more', () => {
  const { membership, forgotten } = membershipOf({ own: ['own-1'], a: ['a-1', 'a-2'] });
  const moved = site({ own: ['own-1'], a: ['a-1'] });
  membership.adopt(topology({ ...moved, installations: [...moved.installations, renamed('b', 'b-1', 'http://a-2')] }));
  expect(forgotten).toEqual([]);
  membership.adopt(topology(site({ own: ['own-1'] })));
  expect(forgotten.sort()).toEqual(['http://a-1', 'http://a-2']);
});

test('a broker with another address is another endpoint', () => {
  const { membership, forgotten } = membershipOf({ own: ['own-1'], a: ['a-1'] });
  const before = membership.current.endpoints.get('a-1');
  const own = site({ own: ['own-1'] });
  membership.adopt(
    topology({ ...own, installations: [...own.installations, renamed('a', 'a-1', 'http://elsewhere')] }),
  );
  expect(membership.current.endpoints.get('a-1')).not.toBe(before);
  expect(forgotten).toEqual(['http://a-1']);
});

test('a sibling that joins becomes the fallback of the own installation, and one that leaves ceases to be', () => {
  const { membership } = membershipOf({ own: ['own-1'] });
  expect(membership.current.targets).toEqual([]);
  membership.adopt(topology(site({ own: ['own-1', 'own-2'] })));
  expect(membership.current.targets.map(({ source }) => source)).toEqual(['installation:own']);
  membership.adopt(topology(site({ own: ['own-1'] })));
  expect(membership.current.targets).toEqual([]);
});

test('a refusal is kept until a site comes into force', () => {
  const { membership } = membershipOf({ own: ['own-1'] });
  membership.refuse('no such key');
  expect(membership.refusal).toBe('no such key');
  membership.adopt(topology(site({ own: ['own-1'] })));
  expect(membership.refusal).toBeNull();
});

function membershipOf(brokers: Readonly<Record<string, readonly string[]>>): {
  readonly membership: Membership;
  readonly forgotten: string[];
} {
  const forgotten: string[] = [];
  const unasked = (): never => {
    throw new Error('Nobody is asked here.');
  };
  const local: Source = {
    ...identifyInstallation('s', 'own'),
    ask: unasked,
  };
  const transport: PeerTransport = {
    send: unasked,
    probe: unasked,
    forget: (url) => void forgotten.push(url),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const self = { installation: 'own', broker: 'own-1' };
  const options = { self, local, transport, clock, random: () => 0, hedging: true };
  return { membership: createMembership({ ...options, ...topology(site(brokers)) }), forgotten };
}

function site(brokers: Readonly<Record<string, readonly string[]>>): SiteConfig {
  const installations = Object.entries(brokers).map(([id, ids]) => ({
    id,
    brokers: ids.map((broker) => ({ id: broker, url: `http://${broker}` })),
  }));
  return { id: 's', installations };
}

function topology(own: SiteConfig): Topology {
  return { site: own, federation: { sites: [], hedging: true } };
}

function renamed(id: string, broker: string, url: string): SiteConfig['installations'][number] {
  return { id, brokers: [{ id: broker, url }] };
}
