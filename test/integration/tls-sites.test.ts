import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Agent, request } from 'undici';

import { eventually } from '../contract/eventually.ts';
import { createTestAuthority, type TestAuthority } from '../support/certificates.ts';
import { startSites, type TestSites } from '../support/sites.ts';

// Two sites whose brokers know one another by certificates: everything is as without, over mutual TLS.

let authority: TestAuthority;
let sites: TestSites;

beforeAll(async () => {
  authority = await createTestAuthority();
  sites = await startSites({
    sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a', 'oslo-b'] },
    vms: 20,
    authority,
  });
}, 60_000);

afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
  await authority?.[Symbol.asyncDispose]();
});

const total = '{ virtualMachines(first: 1) { totalCount coverage { complete sources { id status message } } } }';

interface Answer {
  readonly data: { readonly virtualMachines: { readonly totalCount: number; readonly coverage: object } };
}

async function ask(url: string, dispatcher = sites.dispatcher): Promise<Answer> {
  const { body } = await request(url, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: total }),
  });
  return (await body.json()) as Answer;
}

test('any broker answers for all sites over mutual TLS', async () => {
  for (const { url } of sites.brokers) {
    const { data } = await ask(`${url}/federation/graphql`);
    expect(data.virtualMachines).toMatchObject({ totalCount: 80, coverage: { complete: true } });
  }
});

test('clients come in by HTTPS only, and need no certificate', async () => {
  const { url } = sites.at('lyon');
  expect(url).toMatch(/^https:/);
  await expect(request(url.replace('https', 'http'), { method: 'GET' })).rejects.toThrow();
  const strangers = new Agent();
  await expect(ask(`${url}/graphql`, strangers)).rejects.toThrow(/certificate/);
  await strangers.destroy();
});

test('browsers are told to come by HTTPS from then on', async () => {
  const { url } = sites.at('lyon');
  const { headers } = await request(`${url}/graphql`, { dispatcher: sites.dispatcher });
  expect(headers['strict-transport-security']).toBe('max-age=31536000');
});

test('where brokers come in, whoever shows no certificate is refused by name', async () => {
  const { peersUrl } = sites.at('lyon');
  for (const path of ['/graphql', '/installation/graphql', '/federation/graphql', '/health/ready', '/metrics']) {
    const { statusCode, body } = await request(`${peersUrl}${path}`, { dispatcher: sites.dispatcher });
    expect([path, statusCode, await body.json()]).toMatchObject([
      path,
      401,
      { errors: [{ extensions: { code: 'CERTIFICATE_REQUIRED' } }] },
    ]);
  }
});

test('a broker whose certificate is revoked is out at once, and its installation is reported, not hidden', async () => {
  const [lyon, revoked] = [sites.at('lyon'), sites.brokers.find(({ broker }) => broker === 'lyon-b-1')!];
  await authority.revoke(revoked.certificate!.serial);
  await eventually(async () => {
    const { data } = await ask(`${lyon.url}/graphql`);
    expect(data.virtualMachines).toMatchObject({ totalCount: 20, coverage: { complete: false } });
  }, 10_000);
  const dispatcher = new Agent({
    connect: { ca: authority.certificate, cert: revoked.certificate!.certificate, key: revoked.certificate!.key },
  });
  const { statusCode, body } = await request(`${lyon.peersUrl}/installation/graphql`, { dispatcher });
  expect([statusCode, await body.json()]).toMatchObject([
    401,
    { errors: [{ message: 'The certificate of the caller has been revoked.' }] },
  ]);
  await dispatcher.destroy();
});
