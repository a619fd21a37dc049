import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { openCertificateAuthority } from '../../src/auth/certificate/authority.ts';
import { eventually } from '../contract/eventually.ts';
import { createTestAuthority, type TestAuthority } from '../support/certificates.ts';
import { intrudeByConduit, intrudeByHttp, intrudeBySocket, type Shown, type Told } from '../support/intruder.ts';
import { type SitesBroker, startSites, type TestSites } from '../support/sites.ts';

// Whoever is no broker of the federation gets in nowhere, and brokers get in where they belong only: each kind of certificate
// at each path of the listener for brokers, and what brokers tell one another at the listener for clients. Over HTTP and
// WebSocket.

let authority: TestAuthority;
let elsewhere: TestAuthority;
let sites: TestSites;
let lyon: SitesBroker;

beforeAll(async () => {
  [authority, elsewhere] = await Promise.all([createTestAuthority(), createTestAuthority('test authority')]);
  sites = await startSites({ sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a'] }, vms: 3, authority });
  lyon = sites.at('lyon');
}, 60_000);

afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
  await Promise.all([authority?.[Symbol.asyncDispose](), elsewhere?.[Symbol.asyncDispose]()]);
});

const sibling = { site: 'lyon', installation: 'lyon-b', broker: 'lyon-b-1' };
const remote = { site: 'oslo', installation: 'oslo-a', broker: 'oslo-a-1' };
const day = 86_400_000;

type Certificate = NonNullable<Shown['certificate']>;
type Intruder = readonly [name: string, code: string, make: () => Promise<Certificate | undefined>];

/** Whose certificate will not do, wherever they ask. */
const intruders: readonly Intruder[] = [
  ['no certificate', 'CERTIFICATE_REQUIRED', async () => undefined],
  ['one that has expired', 'CERTIFICATE_EXPIRED', () => authority.issue(sibling, { from: -2, until: -1 })],
  ['one that is not yet valid', 'CERTIFICATE_NOT_YET_VALID', () => authority.issue(sibling, { from: 1 })],
  ['one of another authority of the same name', 'CERTIFICATE_UNTRUSTED', () => elsewhere.issue(sibling)],
  ['the one of another authority itself', 'CERTIFICATE_UNTRUSTED', async () => elsewhere],
  ['one that a broker has signed', 'CERTIFICATE_UNTRUSTED', signAsBroker],
  ['one that is for servers only', 'CERTIFICATE_UNTRUSTED', () => authority.issue(null)],
  ['one that is revoked', 'CERTIFICATE_REVOKED', issueRevoked],
];

/** Whose certificate is good and who are not expected: each with where, and what they are told. */
const strangers: readonly (readonly [name: string, code: string, identity: typeof sibling])[] = [
  ['a broker of a site that is not configured', 'PEER_UNKNOWN', { ...remote, site: 'paris' }],
  ['a broker that the site does not have', 'PEER_UNKNOWN', { ...sibling, broker: 'lyon-b-9' }],
  ['a broker of an installation that the site does not have', 'PEER_UNKNOWN', { ...remote, site: 'lyon' }],
];

const paths = ['/installation/graphql', '/graphql'];
const ways = [
  ['over HTTP', intrudeByHttp, [...paths, '/federation/graphql']],
  ['over a WebSocket', intrudeBySocket, [...paths, '/federation/graphql']],
  // Elsewhere there are none.
  ['over a conduit', intrudeByConduit, ['/installation/graphql']],
] as const;

describe.each(ways)('%s, where brokers come in', (_, intrude, ownPaths) => {
  const isOwn = (path: string): boolean => (ownPaths as readonly string[]).includes(path);
  const come = (path: string, certificate: Certificate | undefined): Promise<Told> =>
    intrude(`${lyon.peersUrl}${path}`, { trusted: authority.certificate, ...(certificate && { certificate }) });

  describe.each(ownPaths)('at %s', (path) => {
    test.each(intruders)('with %s gets %s', async (__, code, make) => {
      const certificate = await make();
      const from = lyon.log.length;
      await expectRefusal(await come(path, certificate), code, from);
    });
  });

  describe.each(paths.filter(isOwn))('at %s', (path) => {
    test.each(strangers)('%s gets %s', async (__, code, identity) => {
      const certificate = await authority.issue(identity);
      const from = lyon.log.length;
      await expectRefusal(await come(path, certificate), code, from);
    });
  });

  const misplaced = [
    ['a broker of another site', '/installation/graphql', remote],
    ['a broker of the own site', '/graphql', sibling],
  ] as const;
  test.each(misplaced.filter(([, path]) => isOwn(path)))('%s may not ask at %s', async (__, path, identity) => {
    const certificate = await authority.issue(identity);
    const from = lyon.log.length;
    await expectRefusal(await come(path, certificate), 'PEER_NOT_ALLOWED', from);
  });

  const welcome = [
    ['a broker of the own site', '/installation/graphql', sibling],
    ['a broker of another site', '/graphql', remote],
  ] as const;
  test.each(welcome.filter(([, path]) => isOwn(path)))('%s is let in at %s', async (__, path, identity) => {
    const { code } = await come(path, await authority.issue(identity));
    // In whose name it comes is another question.
    expect(String(code)).toMatch(/^(null|ASSERTION_\w+)$/);
  });
});

/** What brokers tell one another, each with something that might be believed. */
const forged = [
  ['sitewide-tier', 'INSTALLATION'],
  ['sitewide-tier', 'SITE'],
  ['sitewide-sources', 'installation:lyon-a'],
  ['sitewide-document', 'a'.repeat(64)],
  ['sitewide-if-unchanged', 'a'.repeat(32)],
  ['sitewide-principal', '{"subject":"root","groups":["admins"]}'],
  ['sitewide-assertion', 'a.b.c'],
] as const;

describe.each(['/graphql', '/federation/graphql'])('where clients come in, at %s', (path) => {
  test.each(forged)('the header %s: %s is refused over HTTP', async (name, value) => {
    const from = lyon.log.length;
    const told = await intrudeByHttp(`${lyon.url}${path}`, { ...plain(), headers: { [name]: value } });
    await expectRefusal(told, 'PEER_HEADER_REFUSED', from);
  });

  test.each(forged)('the header %s: %s is refused over a WebSocket', async (name, value) => {
    const from = lyon.log.length;
    const told = await intrudeBySocket(`${lyon.url}${path}`, { ...plain(), headers: { [name]: value } });
    await expectRefusal(told, 'PEER_HEADER_REFUSED', from);
  });

  test.each([['greeting'], ['extensions']] as const)('a tier is refused in what is said as %s', async (where) => {
    const from = lyon.log.length;
    const told = await intrudeBySocket(`${lyon.url}${path}`, { ...plain(), [where]: { 'sitewide-tier': 'SITE' } });
    await expectRefusal(told, 'PEER_HEADER_REFUSED', from);
  });

  test('the certificate of a broker makes nobody one', async () => {
    const shown = { ...plain(), certificate: await authority.issue(sibling), headers: { 'sitewide-tier': 'SITE' } };
    expect((await intrudeByHttp(`${lyon.url}${path}`, shown)).code).toBe('PEER_HEADER_REFUSED');
    expect((await intrudeBySocket(`${lyon.url}${path}`, shown)).code).toBe('PEER_HEADER_REFUSED');
  });
});

test.each(['/graphql', '/federation/graphql'])('there are no conduits where clients come in, at %s', async (path) => {
  const shown = { ...plain(), certificate: await authority.issue(sibling), headers: { 'sitewide-tier': 'SITE' } };
  await expect(intrudeByConduit(`${lyon.url}${path}`, shown)).rejects.toThrow();
});

test('there is no way to an installation where clients come in', async () => {
  const url = `${lyon.url}/installation/graphql`;
  const shown = { ...plain(), certificate: await authority.issue(sibling) };
  expect((await intrudeByHttp(url, shown)).code).toBe('NOT_FOUND');
  expect((await intrudeBySocket(url, shown)).code).toBe('NOT_FOUND');
});

test('whoever brings no certificate of a configured broker is not told how a broker is', async () => {
  for (const identity of [
    { ...remote, site: 'paris' },
    { ...sibling, broker: 'lyon-b-9' },
  ]) {
    for (const path of ['/health/ready', '/health/live', '/metrics', '/nowhere']) {
      const shown = { ...plain(), certificate: await authority.issue(identity) };
      expect([path, (await intrudeByHttp(`${lyon.peersUrl}${path}`, shown)).code]).toEqual([path, 'PEER_UNKNOWN']);
    }
  }
});

function plain(): Shown {
  return { trusted: authority.certificate };
}

async function signAsBroker(): Promise<Certificate> {
  const broker = await authority.issue(sibling);
  const signer = await openCertificateAuthority(broker);
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) };
  const issued = await signer.issue({ identity: remote, hosts: ['127.0.0.1'], ...validity });
  return { ...issued, certificate: `${issued.certificate}${broker.certificate}` };
}

/** Revoked on paper only: the broker that has this identity goes on with its own certificate. */
async function issueRevoked(): Promise<Certificate> {
  const revoked = await authority.issue(sibling);
  await authority.revoke(revoked.serial);
  await eventually(async () => {
    const shown = { ...plain(), certificate: revoked };
    expect((await intrudeByHttp(`${lyon.peersUrl}/health/live`, shown)).code).toBe('CERTIFICATE_REVOKED');
  });
  return revoked;
}

/** Named in the answer and once in the log, and nothing of the inside is told. */
async function expectRefusal({ code, message, text }: Told, expected: string, from: number): Promise<void> {
  expect(code).toBe(expected);
  expect(message).toMatch(/^(The caller|The certificate|The header|Only brokers)/);
  for (const inside of ['lyon-a', 'oslo', 'test authority', 'sitewide://', authority.directory, 'node:', '"data"']) {
    expect(text).not.toContain(inside);
  }
  const about = (): readonly object[] =>
    lyon.log.slice(from).filter(({ level, facts }) => level !== 'debug' && JSON.stringify(facts).includes(expected));
  await eventually(() => expect(about()).toHaveLength(1), 1_000);
}
