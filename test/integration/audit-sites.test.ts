import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'undici';

import type { Binding } from '../../src/auth/roles.ts';
import { createTestAuthority, type TestAuthority } from '../support/certificates.ts';
import { eventually } from '../contract/eventually.ts';
import { runSitewide } from '../support/cli.ts';
import { ask as askDatabase, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { startSites, type TestSites } from '../support/sites.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

// The audit trails of two sites, with users of both: what is written down of whom, and who may read it.

let running: AsyncDisposableStack;
const databases: Record<string, string> = {};
let postgres: TestPostgres;
let authority: TestAuthority;
let issuer: TokenIssuer;
let sites: TestSites;

beforeAll(async () => {
  running = new AsyncDisposableStack();
  postgres = running.use(await startPostgres());
  authority = running.use(await createTestAuthority());
  issuer = running.use(await startTokenIssuer());
  for (const installation of ['lyon-a', 'lyon-b', 'oslo-a']) databases[installation] = await postgres.newDatabase();
  sites = running.use(
    await startSites({
      sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a'] },
      vms: 8,
      authority,
      usageIntervalMs: 0,
      settings: ({ installation }) => ({
        database: { url: databases[installation] },
        auth: { anonymous: 'read', issuers: [{ issuer: issuer.url, audience: 'sitewide' }] },
        roles: { bindings: [everybody, { ...everybody, fromSites: ['lyon', 'oslo'] }] },
      }),
    }),
  );
  for (const broker of sites.brokers) broker.authority.adopt({ roles: {}, bindings: bindings[broker.site]! });
}, 90_000);

/** Until the sites know one another. */
const everybody = { role: 'viewer', subjects: ['anonymous'] };

function role(name: string, subject: string, fromSites: readonly string[] | null = null): Binding {
  return { role: name, subjects: [subject], groups: [], fromSites, sites: null, installations: null, labels: null };
}

const bindings: Readonly<Record<string, readonly Binding[]>> = {
  lyon: [role('admin', 'root'), role('operator', 'olga'), role('viewer', 'vera')],
  oslo: [role('admin', 'root'), role('operator', 'olga', ['lyon']), role('viewer', 'root', ['lyon'])],
};

afterAll(() => running.disposeAsync());

interface GraphQLBody {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly unknown[];
}

interface Told {
  readonly body: GraphQLBody;
  readonly requestId: string;
}

/** Asks in somebody's name at the broker of an installation. */
async function ask(installation: string, subject: string, query: string, variables: object = {}): Promise<Told> {
  const { url } = sites.brokers.find((one) => one.installation === installation)!;
  const { body, headers } = await request(`${url}/federation/graphql`, {
    method: 'POST',
    dispatcher: sites.dispatcher,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await issuer.sign({ sub: subject })}` },
    body: JSON.stringify({ query, variables }),
  });
  return { body: (await body.json()) as GraphQLBody, requestId: String(headers['sitewide-request-id']) };
}

function fail(installation: string): never {
  throw new Error(`There is no machine of ${installation}.`);
}

async function machineSeenBy(subject: string, installation: string): Promise<string> {
  return eventually(async () => {
    const { body } = await ask(
      'lyon-a',
      subject,
      `query M($filter: VirtualMachineFilter) { virtualMachines(first: 1, filter: $filter) { nodes { id } } }`,
      { filter: { installation: { eq: installation }, powerState: ['RUNNING'] } },
    );
    const [machine] = (body.data!['virtualMachines'] as { nodes: readonly { id: string }[] }).nodes;
    return machine?.id ?? fail(installation);
  });
}

const change =
  'mutation C($id: ID!) { setPowerState(input: { id: $id, action: RESET }) { operation { id } userErrors { code } } }';
const trail = `query T($filter: AuditEventFilter, $orderBy: AuditEventOrder, $first: Int, $after: String) {
  auditEvents(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes { id at action outcome reason actor groups address broker requestId operationId targetId installation { localId } }
    pageInfo { hasNextPage endCursor } totalCount
    coverage { complete sources { id status message } }
  }
}`;

interface Event {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly outcome: string;
  readonly installation: { readonly localId: string };
}

interface Trail {
  readonly nodes: readonly Event[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly totalCount: number;
  readonly coverage: { readonly sources: readonly { readonly id: string; readonly status: string }[] };
}

async function read(installation: string, subject: string, variables: object): Promise<Trail> {
  const { body } = await ask(installation, subject, trail, variables);
  expect(body.errors).toBeUndefined();
  return body.data!['auditEvents'] as Trail;
}

describe('what is written down', () => {
  test('of a user of another site: who, from which site, and which broker vouches', async () => {
    const id = await machineSeenBy('olga', 'oslo-a');
    const { body, requestId } = await ask('lyon-b', 'olga', change, { id });
    expect(body).toMatchObject({ data: { setPowerState: { userErrors: [] } } });
    const { nodes } = await read('oslo-a', 'root', { filter: { requestId: { eq: requestId } } });
    expect(nodes).toEqual([
      expect.objectContaining({
        action: 'SET_POWER_STATE',
        outcome: 'ACCEPTED',
        actor: 'olga of site:lyon',
        broker: 'sitewide://lyon/lyon-b/lyon-b-1',
        address: '127.0.0.1',
        targetId: id,
        installation: { localId: 'oslo-a' },
      }),
    ]);
  });

  test('of a user who comes in at another broker of the site: that one, and their address', async () => {
    const id = await machineSeenBy('olga', 'lyon-a');
    const { requestId } = await ask('lyon-b', 'olga', change, { id });
    const { nodes } = await read('lyon-a', 'root', { filter: { requestId: { eq: requestId } } });
    expect(nodes).toEqual([
      expect.objectContaining({ actor: 'olga', broker: 'sitewide://lyon/lyon-b/lyon-b-1', address: '127.0.0.1' }),
    ]);
  });

  test.each([
    ['who may only look', 'vera', 'lyon-a', 'FORBIDDEN: You may not do this with'],
    ['who has no role at all', 'nobody', 'lyon-a', 'FORBIDDEN: no role allows anything here'],
    ['who is an administrator elsewhere', 'root', 'oslo-a', 'FORBIDDEN: You may not do this with'],
  ])('of somebody %s: that it was refused', async (_, subject, installation, reason) => {
    const id = await machineSeenBy('olga', installation);
    const { requestId } = await ask('lyon-b', subject, change, { id });
    const reader = installation === 'oslo-a' ? 'oslo-a' : 'lyon-a';
    const { nodes } = await read(reader, 'root', { filter: { requestId: { eq: requestId } } });
    expect(nodes).toEqual([
      expect.objectContaining({ outcome: 'REFUSED', reason: expect.stringContaining(reason), operationId: null }),
    ]);
  });
});

describe('who reads it', () => {
  test('an administrator reads the trails of the own site; another site decides for itself', async () => {
    await ask('lyon-a', 'olga', change, { id: await machineSeenBy('olga', 'lyon-b') });
    const { nodes, coverage } = await read('lyon-a', 'root', { first: 100 });
    expect(new Set(nodes.map(({ installation }) => installation.localId))).toEqual(new Set(['lyon-a', 'lyon-b']));
    expect(coverage.sources).toContainEqual(
      expect.objectContaining({ id: 'installation:oslo-a', status: 'FORBIDDEN' }),
    );
  });

  test.each(['olga', 'vera', 'nobody'])('%s, who may not, reads nothing', async (subject) => {
    const { body } = await ask('lyon-a', subject, trail, {});
    expect(body.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(JSON.stringify(body)).not.toMatch(/SET_POWER_STATE|192\.|127\.0\.0\.1"/);
  });
});

describe('pages', () => {
  test('of several trails are one list by time, up and down, without a gap or a double', async () => {
    const some = await machineSeenBy('olga', 'lyon-b');
    for (let turn = 0; turn < 4; turn += 1) await ask('lyon-a', 'olga', change, { id: some });
    const countOf = async (...outcome: readonly string[]): Promise<number> =>
      (await read('lyon-a', 'root', { filter: { outcome } })).totalCount;
    // Nothing is written any more once everything that was accepted has ended.
    await eventually(async () =>
      expect(await countOf('SUCCEEDED', 'FAILED', 'CANCELLED')).toBe(await countOf('ACCEPTED')),
    );
    const whole = await read('lyon-a', 'root', { first: 1_000 });
    expect(whole.nodes.length).toBe(whole.totalCount);
    for (const direction of ['DESC', 'ASC']) {
      const nodes: Event[] = [];
      let after: string | null = null;
      do {
        const page: Trail = await read('lyon-a', 'root', { first: 3, after, orderBy: { field: 'AT', direction } });
        nodes.push(...page.nodes);
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after !== null);
      expect(nodes.map(({ id }) => id)).toEqual(
        (direction === 'DESC' ? whole.nodes : whole.nodes.toReversed()).map(({ id }) => id),
      );
    }
  });

  test('are of what is wanted', async () => {
    const of = async (filter: object): Promise<Trail> => read('lyon-a', 'root', { filter, first: 1_000 });
    const whole = await of({});
    const olgas = await of({ actor: { eq: 'olga' }, outcome: ['ACCEPTED'] });
    expect(olgas.nodes).toEqual(whole.nodes.filter(({ actor, outcome }) => actor === 'olga' && outcome === 'ACCEPTED'));
    expect(olgas.nodes.length).toBeGreaterThan(4);
    const others = await of({ not: { or: [{ actor: { in: ['olga'] } }, { installation: { eq: 'lyon-a' } }] } });
    expect(others.nodes).toEqual(
      whole.nodes.filter(({ actor, installation }) => actor !== 'olga' && installation.localId !== 'lyon-a'),
    );
    const middle = whole.nodes[3]!.at;
    expect((await of({ at: { gte: middle } })).nodes).toEqual(whole.nodes.filter(({ at }) => at >= middle));
    expect((await of({ actor: { eq: 'a\0' } })).nodes).toEqual([]);
  });
});

describe('sitewide audit', () => {
  const run = async (subject: string, args: readonly string[]) => {
    const environment = {
      SITEWIDE_ENDPOINT: `${sites.at('lyon').url}/graphql`,
      SITEWIDE_CA: authority.certificateFile,
      SITEWIDE_TOKEN: await issuer.sign({ sub: subject }),
    };
    return runSitewide(environment, ['audit', ...args]);
  };

  test('lists', async () => {
    const { code, stdout } = await run('root', ['list', '--outcome', 'refused', '--actor', 'vera', '-o', 'jsonl']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      actor: 'vera',
      outcome: 'REFUSED',
      installation: { localId: 'lyon-a' },
    });
    expect(await run('vera', ['list'])).toMatchObject({ code: 8 });
    expect((await run('root', ['list', '--since', 'yesterday'])).code).toBe(2);
  });

  const heads = async (args: readonly string[] = []) => {
    const { code, stdout, stderr } = await run('root', ['verify', '-o', 'jsonl', ...args]);
    const lines = stdout.split('\n').filter((line) => line !== '');
    return { code, stderr, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
  };

  test('verifies the trails, and finds what was done to one', async () => {
    const before = await heads();
    expect(before).toMatchObject({
      code: 0,
      lines: [
        { installation: 'lyon-a', sound: true, first: 1 },
        { installation: 'lyon-b', sound: true, first: 1 },
      ],
    });
    const since = before.lines.flatMap(({ hash }) => ['--since-hash', String(hash)]);
    await ask('lyon-b', 'olga', change, { id: await machineSeenBy('olga', 'lyon-a') });
    expect((await heads(since)).code).toBe(0);

    const behindItsBack = (statement: string): Promise<unknown> =>
      askDatabase(databases['lyon-a']!, `set session_replication_role = replica; ${statement}`);
    await behindItsBack(`update audit_event set record = replace(record, 'vera', 'olga')`);
    const altered = await heads();
    expect(altered).toMatchObject({ code: 1, lines: [{ sound: false }, { sound: true }] });
    expect(altered.lines[0]!['problems']).toEqual([
      { sequence: expect.anything(), problem: 'it was altered: its hash is not that of its content' },
    ]);
    await behindItsBack(`delete from audit_event where record like '%REFUSED%'`);
    expect((await heads()).code).toBe(1);
    // Cut at its end it is a chain as before, which only somebody sees who has kept a hash.
    await behindItsBack(`delete from audit_event where sequence > 1`);
    expect((await heads()).code).toBe(0);
    expect(await heads(since)).toMatchObject({ code: 1, stderr: expect.stringContaining('altered or cut') });
  });

  test('says what could not be read', async () => {
    const { code, stdout } = await run('root', ['verify', '--federation']);
    expect(code).toBe(3);
    expect(stdout).not.toContain('oslo-a');
    expect(await run('vera', ['verify'])).toMatchObject({ code: 8, stdout: '' });
  });
});
