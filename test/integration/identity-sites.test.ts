import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { request } from 'undici';

import type { Binding } from '../../src/auth/roles.ts';
import { eventually } from '../contract/eventually.ts';
import { createTestAuthority, type TestAuthority } from '../support/certificates.ts';
import { openRaw } from '../support/raw-socket.ts';
import { startSites, type TestSites } from '../support/sites.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

// Users come in at one broker, and every other one that is asked for them knows who they are: of the own site as they are,
// of another site as users of that site, with what they may do there and nothing else.

let authority: TestAuthority;
let issuer: TokenIssuer;
let sites: TestSites;

const base: Binding = {
  role: 'viewer',
  subjects: [],
  groups: [],
  fromSites: null,
  sites: null,
  installations: null,
  labels: null,
};

beforeAll(async () => {
  [authority, issuer] = await Promise.all([createTestAuthority(), startTokenIssuer()]);
  const everybody = { role: 'viewer', subjects: ['anonymous'] };
  sites = await startSites({
    sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a'] },
    vms: 60,
    authority,
    settings: () => ({
      auth: { anonymous: 'read', issuers: [{ issuer: issuer.url, audience: 'sitewide' }] },
      roles: { bindings: [everybody, { ...everybody, fromSites: ['lyon', 'oslo'] }] },
    }),
  });
  give('lyon', { ...base, subjects: ['alice'] });
  give('oslo', { ...base, subjects: ['alice'], role: 'admin' }, { ...base, ...ofLyon, labels: 'env=prod' }, webTeam);
}, 60_000);

const ofLyon = { subjects: ['alice'], fromSites: ['lyon'] };
const webTeam: Binding = { ...base, groups: ['web'], fromSites: ['lyon'], labels: 'env=dev' };

afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
  await issuer?.[Symbol.asyncDispose]();
  await authority?.[Symbol.asyncDispose]();
});

function give(site: string, ...bindings: readonly Binding[]): void {
  for (const broker of sites.brokers) {
    if (broker.site === site) broker.authority.adopt({ roles: {}, bindings });
  }
}

interface Source {
  readonly id: string;
  readonly status: string;
}

interface Answer {
  readonly data: {
    readonly virtualMachines: {
      readonly nodes: readonly {
        readonly labels: readonly { key: string; value: string }[];
        installation: { localId: string };
      }[];
      readonly coverage: { readonly sources: readonly Source[] };
    } | null;
  };
}

const list = `{ virtualMachines(first: 500) {
  nodes { installation { localId } labels { key value } } coverage { sources { id status } }
} }`;

async function ask(site: string, token: string): Promise<Answer> {
  const { body } = await request(`${sites.at(site).url}/federation/graphql`, {
    method: 'POST',
    dispatcher: sites.dispatcher,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: list }),
  });
  return (await body.json()) as Answer;
}

/** From which installations somebody sees machines, and of which environments. */
async function seen(site: string, token: string): Promise<Record<string, readonly string[]>> {
  const found: Record<string, Set<string>> = {};
  for (const { installation, labels } of (await ask(site, token)).data.virtualMachines?.nodes ?? []) {
    const environment = labels.find(({ key }) => key === 'env')?.value ?? 'none';
    (found[installation.localId] ??= new Set()).add(environment);
  }
  return Object.fromEntries(Object.entries(found).map(([id, values]) => [id, [...values].sort()]));
}

const alice = (): Promise<string> => issuer.sign({ sub: 'alice' });
const bob = (): Promise<string> => issuer.sign({ sub: 'bob', groups: ['web'] });

test('brokers of the own site, and of another one, know who asks', async () => {
  const found = await seen('lyon', await alice());
  expect(Object.keys(found).sort()).toEqual(['lyon-a', 'lyon-b', 'oslo-a']);
  expect(found['oslo-a']).toEqual(['prod']);
  expect(found['lyon-b']!.length).toBeGreaterThan(1);
});

test('an administrator of one site is none at another', async () => {
  const found = await seen('oslo', await alice());
  expect(Object.keys(found)).toEqual(['oslo-a']);
  expect(found['oslo-a']!.length).toBeGreaterThan(1);
  const { data } = await ask('oslo', await alice());
  const status = data.virtualMachines!.coverage.sources.find(({ id }) => id === 'installation:lyon-a')?.status;
  expect(status).toBe('FORBIDDEN');
});

test('two users who ask the same get each their own, also when nothing has changed meanwhile', async () => {
  for (let round = 0; round < 3; round += 1) {
    const [first, second] = await Promise.all([seen('lyon', await alice()), seen('lyon', await bob())]);
    expect(first['oslo-a']).toEqual(['prod']);
    expect(second).toEqual({ 'oslo-a': ['dev'] });
  }
});

test("a stream over all sites ends with its user's token, at the other site as well", async () => {
  const token = await issuer.sign({ sub: 'alice', exp: (Date.now() + 2_500) / 1_000 });
  using raw = await openRaw(`${sites.at('lyon').url}/federation/graphql`, undefined, { ca: authority.certificate });
  raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  await raw.take();
  const query = 'subscription { virtualMachinesLive(first: 1) { coverage { complete } } }';
  raw.send({ id: 's', type: 'subscribe', payload: { query } });
  await eventually(() => expect(JSON.stringify(raw.messages)).toContain('"complete":true'));
  expect(await streamsAt('oslo')).toBeGreaterThan(0);
  expect(await raw.closed).toMatchObject({ code: 4403, reason: expect.stringContaining('TOKEN_EXPIRED') });
  expect(raw.messages.at(-1)).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'TOKEN_EXPIRED' } }] });
  await eventually(async () => expect(await streamsAt('oslo')).toBe(0));
});

async function streamsAt(site: string): Promise<number> {
  const { body } = await request(`${sites.at(site).url}/metrics`, { dispatcher: sites.dispatcher });
  const lines = (await body.text()).split('\n').filter((line) => line.startsWith('sitewide_subscriptions{'));
  expect(lines.length).toBeGreaterThan(0);
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

test('live pages of two users over one link show each their own', async () => {
  const tell = async (token: string): Promise<readonly string[]> => {
    using raw = await openRaw(`${sites.at('lyon').url}/federation/graphql`, undefined, { ca: authority.certificate });
    raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    await raw.take();
    const query = `subscription { virtualMachinesLive(first: 200) { nodes { installation { localId } labels { key value } } } }`;
    raw.send({ id: '1', type: 'subscribe', payload: { query } });
    return await eventually(() => {
      const text = JSON.stringify(raw.messages.at(-1)?.payload ?? {});
      const { data } = JSON.parse(text) as {
        data?: { virtualMachinesLive: NonNullable<Answer['data']['virtualMachines']> };
      };
      const nodes =
        data?.virtualMachinesLive.nodes.filter(({ installation }) => installation.localId === 'oslo-a') ?? [];
      expect(nodes.length).toBeGreaterThan(0);
      return [...new Set(nodes.map(({ labels }) => labels.find(({ key }) => key === 'env')!.value))];
    });
  };
  expect(await Promise.all([tell(await alice()), tell(await bob())])).toEqual([['prod'], ['dev']]);
});
