import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { request } from 'undici';

import { eventually } from '../contract/eventually.ts';
import { createTestAuthority, type TestAuthority } from '../support/certificates.ts';
import { openRaw } from '../support/raw-socket.ts';
import { type SitesBroker, startSites, type TestSites } from '../support/sites.ts';

// Brokers look at the certificates of those they ask, too: whoever is not who they should be answers for nobody.

let authority: TestAuthority;
let sites: TestSites;
let lyon: SitesBroker;

beforeAll(async () => {
  authority = await createTestAuthority();
  const ids = { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a'], paris: ['paris-a'] };
  sites = await startSites({ sites: ids, vms: 5, authority });
  lyon = sites.at('lyon');
}, 60_000);

afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
  await authority?.[Symbol.asyncDispose]();
});

test('a site that claims the name of another one answers for nobody, and what it is stays inside', async () => {
  const [site, ...others] = sites.sites;
  const { peersUrl } = sites.at('paris');
  const claimed = others.map((one) => (one.id === 'oslo' ? withUrl(one, peersUrl) : one)).slice(0, 1);
  lyon.membership.adopt({ site: site!, federation: { sites: claimed, hedging: false } });
  const { data } = await ask(
    '{ virtualMachines(first: 1) { totalCount coverage { complete sources { id status message } } } }',
  );
  const { totalCount, coverage } = data.virtualMachines;
  expect([totalCount, coverage.complete]).toEqual([10, false]);
  const oslo = coverage.sources.find(({ id }) => id === 'site:oslo')!;
  expect(oslo.status).toBe('UNREACHABLE');
  expect(oslo.message).toMatch(/its certificate is not that of a broker of site:oslo/);
  expect(JSON.stringify(oslo)).not.toContain('paris');
  lyon.membership.adopt({ site: site!, federation: { sites: others, hedging: false } });
  await eventually(async () => {
    const answer = await ask(
      '{ virtualMachines(first: 1) { totalCount coverage { complete sources { id status message } } } }',
    );
    expect(answer.data.virtualMachines.totalCount).toBe(20);
  });
});

test('a stream of a broker whose certificate is revoked ends there at once', async () => {
  using raw = await openRaw(`${lyon.url}/graphql`, undefined, { ca: authority.certificate });
  raw.send({ type: 'connection_init' });
  await raw.take();
  const query = 'subscription { virtualMachinesLive(first: 1) { totalCount } }';
  raw.send({ id: '1', type: 'subscribe', payload: { query } });
  const { certificate } = sites.brokers.find(({ broker }) => broker === 'lyon-b-1')!;
  await eventually(async () => {
    const { body } = await request(`${lyon.url}/metrics`, { dispatcher: sites.dispatcher });
    const text = await body.text();
    const streams = text
      .split('\n')
      .filter((line) => line.startsWith('sitewide_upstream'))
      .join();
    expect(streams + JSON.stringify(raw.messages)).toMatch(/sitewide_upstream_streams\{[^}]*lyon-b[^}]*LIVE[^}]*\} 1/);
  });
  const from = lyon.log.length;
  await authority.revoke(certificate!.serial);
  await eventually(() =>
    expect(lyon.log.slice(from).map(({ message, facts }) => `${message} ${JSON.stringify(facts)}`)).toContainEqual(
      expect.stringMatching(/A stream at a source was lost.*lyon-b/),
    ),
  );
});

interface Answer {
  readonly data: {
    readonly virtualMachines: {
      readonly totalCount: number;
      readonly coverage: {
        readonly complete: boolean;
        readonly sources: readonly { readonly id: string; readonly status: string; readonly message: string | null }[];
      };
    };
  };
}

async function ask(query: string): Promise<Answer> {
  const { body } = await request(`${lyon.url}/federation/graphql`, {
    method: 'POST',
    dispatcher: sites.dispatcher,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await body.json()) as Answer;
}

function withUrl(site: TestSites['sites'][0], url: string): TestSites['sites'][0] {
  const installations = site.installations.map((one) => ({
    ...one,
    brokers: one.brokers.map(({ id }) => ({ id, url })),
  }));
  return { ...site, installations };
}
