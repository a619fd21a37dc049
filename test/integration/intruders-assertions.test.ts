import { createPrivateKey } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { signAssertion, type Statement } from '../../src/auth/assertion.ts';
import { anonymous, type Principal } from '../../src/model/principal.ts';
import { eventually } from '../contract/eventually.ts';
import { type CertificateFiles, createTestAuthority, type TestAuthority } from '../support/certificates.ts';
import { intrudeByHttp, intrudeBySocket, type Told } from '../support/intruder.ts';
import { type SitesBroker, startSites, type TestSites } from '../support/sites.ts';

// What a broker of another site says of whoever asks is believed only if it has just signed that for this one request to this
// one broker, and may say so at all. Each other statement is refused with a code of its own, over HTTP and WebSocket.

let authority: TestAuthority;
let sites: TestSites;
let lyon: SitesBroker;
/** The certificate of a broker at oslo, which may say who its users are, and of one at paris, which may not. */
let oslo: CertificateFiles;
let paris: CertificateFiles;

beforeAll(async () => {
  authority = await createTestAuthority();
  sites = await startSites({
    sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a'], paris: ['paris-a'] },
    vms: 3,
    authority,
  });
  lyon = sites.at('lyon');
  const [site, ...others] = sites.sites;
  const federated = others.map((one) => ({
    ...one,
    assertions: one.id === 'paris' ? ('refuse' as const) : ('allow' as const),
  }));
  lyon.membership.adopt({ site: site!, federation: { sites: federated, hedging: false } });
  [oslo, paris] = await Promise.all([authority.issue(osloBroker), authority.issue(parisBroker)]);
}, 60_000);

afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
  await authority?.[Symbol.asyncDispose]();
});

const lyonBroker = { site: 'lyon', installation: 'lyon-a', broker: 'lyon-a-1' };
const osloBroker = { site: 'oslo', installation: 'oslo-a', broker: 'oslo-a-1' };
const parisBroker = { site: 'paris', installation: 'paris-a', broker: 'paris-a-1' };
const alice: Principal = { subject: 'alice', groups: ['admins'], site: null, expiresAt: null };

let count = 0;

interface Making {
  readonly statement?: Partial<Statement>;
  /** Who signs. */
  readonly signer?: CertificateFiles;
  /** When, from now, in milliseconds. */
  readonly at?: number;
}

interface Made {
  readonly requestId: string;
  readonly assertion: string;
}

async function make({ statement, signer = oslo, at = 0 }: Making = {}): Promise<Made> {
  const requestId = `intruder-${(count += 1)}`;
  const whole = { principal: alice, from: osloBroker, to: lyonBroker, requestId, id: `id-${count}`, ...statement };
  return { requestId, assertion: await signAssertion(whole, createPrivateKey(signer.key), Date.now() + at) };
}

interface Showing extends Partial<Made> {
  readonly certificate?: CertificateFiles;
  readonly url?: string;
}

/** Comes over HTTP, with what it says in headers. */
function byHttp({ certificate = oslo, url = lyon.peersUrl, ...made }: Showing): Promise<Told> {
  return intrudeByHttp(`${url}/graphql`, { trusted: authority.certificate, certificate, headers: headersOf(made) });
}

/** Comes over a WebSocket, with what it says beside its operation. */
function bySocket({ certificate = oslo, url = lyon.peersUrl, ...made }: Showing): Promise<Told> {
  const shown = { trusted: authority.certificate, certificate, extensions: headersOf(made) };
  return intrudeBySocket(`${url}/graphql`, shown);
}

function headersOf({ requestId = 'intruder', assertion }: Partial<Made>): Record<string, string> {
  return {
    'sitewide-tier': 'SITE',
    'sitewide-request-id': requestId,
    ...(assertion !== undefined && { 'sitewide-assertion': assertion }),
  };
}

async function expectRefusal({ code, text }: Told, expected: string): Promise<void> {
  expect(code).toBe(expected);
  expect(text).not.toMatch(/alice|admins|oslo|lyon|paris|rid|jwt|jose/i);
  await eventually(() => {
    const lines = lyon.log.filter((line) => JSON.stringify(line).includes(expected) && line.level !== 'debug');
    expect(lines.length).toBeGreaterThan(0);
  });
}

const altered = async (): Promise<Made> => {
  const { requestId, assertion } = await make();
  const [head, claims, signature] = assertion.split('.');
  const changed = { ...(JSON.parse(Buffer.from(claims!, 'base64url').toString()) as object), sub: 'root' };
  return {
    requestId,
    assertion: [head, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.'),
  };
};

const unsigned = async (): Promise<Made> => {
  const { requestId, assertion } = await make();
  const head = Buffer.from('{"alg":"none"}').toString('base64url');
  return { requestId, assertion: `${head}.${assertion.split('.')[1]}.` };
};

type Row = readonly [name: string, code: string, showing: () => Promise<Showing>];

const rows: readonly Row[] = [
  ['no statement', 'ASSERTION_REQUIRED', async () => ({})],
  ['something else than a statement', 'ASSERTION_MALFORMED', async () => ({ assertion: 'a.b.c' })],
  ['an altered one', 'ASSERTION_SIGNATURE', altered],
  ['one that is not signed', 'ASSERTION_SIGNATURE', unsigned],
  ["one signed with another broker's key", 'ASSERTION_SIGNATURE', () => make({ signer: paris })],
  ['one that has expired', 'ASSERTION_EXPIRED', () => make({ at: -120_000 })],
  ['one that is good for too long', 'ASSERTION_EXPIRED', () => make({ at: 3_600_000 })],
  [
    'one for another broker of the site',
    'ASSERTION_AUDIENCE',
    () => make({ statement: { to: { ...lyonBroker, installation: 'lyon-b', broker: 'lyon-b-1' } } }),
  ],
  ['one for another site', 'ASSERTION_AUDIENCE', () => make({ statement: { to: parisBroker } })],
  ["one in another site's name", 'ASSERTION_MISMATCH', () => make({ statement: { from: parisBroker } })],
  [
    'one of the own site',
    'ASSERTION_MISMATCH',
    () => make({ statement: { from: { ...lyonBroker, broker: 'lyon-a-2' } } }),
  ],
  ['one for another request', 'ASSERTION_MISMATCH', () => make({ statement: { requestId: 'another' } })],
  [
    'one by a site that may not say who its users are',
    'ASSERTION_NOT_ALLOWED',
    async () => ({ ...(await make({ statement: { from: parisBroker }, signer: paris })), certificate: paris }),
  ],
];

describe.each([
  ['over HTTP', byHttp],
  ['over a WebSocket', bySocket],
] as const)('%s', (_, come) => {
  test('a sound statement is taken once, and refused when it comes again', async () => {
    const made = await make();
    expect((await come(made)).code).toBeNull();
    await expectRefusal(await come(made), 'ASSERTION_REPLAYED');
  });

  test('a statement that one broker has taken is none for another one', async () => {
    const made = await make();
    expect((await come(made)).code).toBeNull();
    const { peersUrl: url } = sites.brokers.find(({ broker }) => broker === 'lyon-b-1')!;
    expect((await come({ ...made, url })).code).toBe('ASSERTION_AUDIENCE');
  });

  test.each(rows)('%s gets %s', async (__, code, showing) => {
    await expectRefusal(await come(await showing()), code);
  });

  test('who may not say who its users are may ask for the anonymous', async () => {
    const made = await make({ statement: { principal: anonymous, from: parisBroker }, signer: paris });
    expect((await come({ ...made, certificate: paris })).code).toBeNull();
  });
});
