import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { eventually } from '../contract/eventually.ts';
import { type Demo, startDemo } from '../support/demo.ts';
import { ask, query } from '../support/graphql.ts';

// What becomes of answers when an installation is lost. The tests run in order: each takes more away.

const vmsEach = 60;
let demo: Demo;

beforeAll(async () => {
  demo = await startDemo({ installations: 3, brokers: 2, vms: vmsEach });
}, 60_000);

afterAll(async () => {
  for (const id of ['demo-b', 'demo-c']) {
    try {
      demo.signal(id, 'SIGCONT');
    } catch {
      // Those that were killed cannot be woken.
    }
  }
  await demo?.[Symbol.asyncDispose]();
});

const url = (): string => `${demo.brokers[0]!}/graphql`;
const pageText = `query ($after: String) {
  virtualMachines(first: 20, after: $after) {
    nodes { id } totalCount totalCountRelation pageInfo { hasNextPage endCursor }
    coverage { complete sources { id status message } }
  }
}`;

describe('an installation that hangs', () => {
  test('is named TIMEOUT within the deadline, and the rows of the others are there', async () => {
    demo.signal('demo-c', 'SIGSTOP');
    const startedAt = Date.now();
    const { virtualMachines: page } = await ask<Paged>(url(), pageText);
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    expect(page.nodes).toHaveLength(20);
    expect(page.totalCount).toBe(2 * vmsEach);
    expect(page.totalCountRelation).toBe('AT_LEAST');
    expect(statusOf(page, 'installation:demo-c')).toBe('TIMEOUT');
    expect(page.coverage.complete).toBe(false);
  });

  test('answers again when it goes on', async () => {
    demo.signal('demo-c', 'SIGCONT');
    await eventually(async () => {
      const { virtualMachines: page } = await ask<Paged>(url(), pageText);
      expect(page.coverage.complete).toBe(true);
    });
  });
});

describe('an installation whose processes are all killed', () => {
  let firstPage: Paged['virtualMachines'];

  test('is named UNREACHABLE in the next answer, which is partial and says so', async () => {
    firstPage = (await ask<Paged>(url(), pageText)).virtualMachines;
    demo.signal('demo-b', 'SIGKILL');
    const { virtualMachines: page } = await ask<Paged>(url(), pageText);
    expect(page.coverage.complete).toBe(false);
    expect(statusOf(page, 'installation:demo-b')).toBe('UNREACHABLE');
    expect(page.totalCountRelation).toBe('AT_LEAST');
    expect(page.totalCount).toBe(2 * vmsEach);
  });

  test('does not stop paging: what is left is seen once', async () => {
    const seen = firstPage.nodes.map(({ id }) => id);
    let cursor: string | null = firstPage.pageInfo.endCursor;
    while (cursor !== null) {
      const answer: Awaited<ReturnType<typeof query<Paged>>> = await query<Paged>(url(), pageText, { after: cursor });
      expect(answer.status).toBe(200);
      const { nodes, pageInfo, coverage } = answer.data!.virtualMachines;
      expect(coverage.complete).toBe(false);
      seen.push(...nodes.map(({ id }) => id));
      cursor = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    }
    expect(new Set(seen).size).toBe(seen.length);
    const others = await Promise.all(
      [0, 4].map((at) =>
        ask<Paged>(`${demo.brokers[at]!}/installation/graphql`, pageText.replace('first: 20', 'first: 1000')),
      ),
    );
    const expected = others.flatMap(({ virtualMachines }) => virtualMachines.nodes.map(({ id }) => id));
    expect(seen).toEqual(expect.arrayContaining(expected));
  });

  test('is refused by who wants everything', async () => {
    const answer = await query<Paged>(url(), 'query @coverage(require: ALL) { virtualMachines { totalCount } }');
    expect(answer.status).toBe(200);
    expect(answer.data!.virtualMachines).toBeNull();
    expect(answer.errors[0]).toMatchObject({
      path: ['virtualMachines'],
      extensions: { code: 'COVERAGE_NOT_MET', coverage: { complete: false } },
    });
  });

  test('is an error when nothing else is asked, never an empty list', async () => {
    const text = 'query @coverage(sources: ["installation:demo-b"]) { virtualMachines { totalCount } }';
    const answer = await query<Paged>(url(), text);
    expect(answer.data!.virtualMachines).toBeNull();
    expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['NO_SOURCE_ANSWERED']);
  });

  test('is an error at every one of its ids among others, and the others are found', async () => {
    const { virtualMachines: page } = await ask<Paged>(url(), pageText);
    const lost = firstPage.nodes.find(({ id }) => installationOf(id) === 'demo-b')!.id;
    const found = page.nodes[0]!.id;
    const answer = await query<{ nodes: ({ id: string } | null)[] }>(
      url(),
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      { ids: [lost, found] },
    );
    expect(answer.data!.nodes).toEqual([null, { id: found }]);
    expect(answer.errors).toMatchObject([{ path: ['nodes', 0], extensions: { code: 'SOURCE_FAILED' } }]);
  });
});

test('a broker whose hypervisor manager died goes on with what it knows and says STALE', async () => {
  const { pid } = demo.processes.find(({ role, installation }) => role === 'simulator' && installation === 'demo-a')!;
  process.kill(pid, 'SIGKILL');
  await eventually(async () => {
    const { virtualMachines: page } = await ask<Paged>(url(), pageText);
    expect(statusOf(page, 'installation:demo-a')).toBe('STALE');
    expect(page.totalCount).toBe(2 * vmsEach);
  });
});

test('Ctrl-C ends every process within five seconds', async () => {
  demo.parent.kill('SIGINT');
  await eventually(() => {
    expect(demo.parent.exitCode).toBe(0);
  }, 5_000);
  await eventually(() => {
    const alive = demo.processes.filter(({ pid }) => isAlive(pid));
    expect(alive).toEqual([]);
  }, 1_000);
});

interface Paged {
  readonly virtualMachines: {
    readonly nodes: readonly { readonly id: string }[];
    readonly totalCount: number;
    readonly totalCountRelation: string;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    readonly coverage: {
      readonly complete: boolean;
      readonly sources: readonly { readonly id: string; readonly status: string }[];
    };
  };
}

function statusOf({ coverage }: Paged['virtualMachines'], id: string): string | undefined {
  return coverage.sources.find((source) => source.id === id)?.status;
}

function installationOf(id: string): string {
  return Buffer.from(id, 'base64url').toString('utf8').split('|')[2]!;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
