import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Logger } from '../../src/telemetry/logger.ts';
import { eventually } from '../contract/eventually.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { ask, query } from '../support/graphql.ts';
import { createFollowedSite, type FollowedSite, type Member, siteText, untilReady } from '../support/site-file.ts';

// Installations and brokers join and leave by nothing but a change of the site file.

const vms = 40;
let site: FollowedSite;
let members: { readonly a1: Member; readonly b1: Member; readonly b2: Member; readonly c1: Member };
const said: { readonly level: string; readonly facts: Record<string, unknown>; readonly message: string }[] = [];
const logger: Logger = {
  debug: () => undefined,
  info: (facts, message) => void said.push({ level: 'info', facts, message }),
  warn: (facts, message) => void said.push({ level: 'warn', facts, message }),
  error: (facts, message) => void said.push({ level: 'error', facts, message }),
};

beforeAll(async () => {
  const port = await findFreePorts(4);
  const member = (installation: string, nth: number, at: number): Member => ({
    installation,
    broker: `${installation}-${nth}`,
    url: `http://127.0.0.1:${port + at}`,
  });
  members = { a1: member('a', 1, 0), b1: member('b', 1, 1), b2: member('b', 2, 2), c1: member('c', 1, 3) };
  site = await createFollowedSite();
  const all = Object.values(members);
  await site.write(all);
  await Promise.all(all.map((one) => site.start(one, vms, logger)));
});

afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
});

describe('a site file that is rewritten', () => {
  test('lets installations and brokers come and go under load, without a failed or an incomplete answer', async () => {
    const { a1, b1, b2, c1 } = members;
    const sets = [
      [a1, b1, b2],
      [a1, b1],
      [a1, b1, c1],
      [a1, b1, b2, c1],
      [a1, b2, c1],
      [a1, b1, b2, c1],
    ];
    const load = startLoad(a1.url);
    try {
      for (const set of [...sets, ...sets]) {
        await site.write(set);
        await eventually(async () => expect(await brokersSeen(a1.url)).toEqual(set.map(({ broker }) => broker)));
        await load.next(20);
      }
    } finally {
      await load.stop();
    }
    expect(load.problems).toEqual([]);
    expect(load.answers.size).toBe(2);
    expect([...load.answers.keys()].sort()).toEqual([
      `installation:a,installation:b ${2 * vms}`,
      `installation:a,installation:b,installation:c ${3 * vms}`,
    ]);
  });

  test('keeps what was learned of the brokers that stay', async () => {
    const { a1, b1, b2, c1 } = members;
    await restore();
    const before = await viewOf(a1.url, 'b-1');
    await site.write([a1, b1, c1]);
    await eventually(async () => expect(await brokersSeen(a1.url)).toEqual(['a-1', 'b-1', 'c-1']));
    const after = await viewOf(a1.url, 'b-1');
    expect(before.state).toBe('UP');
    expect(after).toMatchObject({ state: 'UP', since: before.since });
    await site.write([a1, b1, b2, c1]);
    await eventually(async () => expect((await viewOf(a1.url, 'b-2')).endpoint).toBe(b2.url));
  });

  test.each([
    ['that is no YAML', () => '{ id: test', /CONFIG_INVALID|not YAML/],
    ['with an unknown key', () => siteText(everyone()).replace('"brokers"', '"broker"'), /did you mean "brokers"/],
    [
      'with an installation twice',
      () => siteText(everyone()).replace('"id":"c","brokers"', '"id":"b","brokers"'),
      /Installation "b" is configured more than once/,
    ],
    ['without this broker', () => siteText([members.b1, members.c1]), /found "a", which site "test" does not have/],
    [
      'in which another broker has the address of this one',
      () =>
        siteText([
          ...everyone(),
          { installation: 'c', broker: 'c-2', url: members.a1.url.replace('127.0.0.1', 'localhost') },
        ]),
      /broker "c-2" has the url "http:\/\/localhost:\d+", where this broker, "a-1", listens itself/,
    ],
    ['of another name', () => siteText(everyone()).replace('"id":"test"', '"id":"other"'), /site\.id: found "other"/],
  ])('%s is refused and named, and the old set stays in force', async (_, text, problem) => {
    const { a1 } = members;
    await restore();
    await site.writeText(text());
    await eventually(async () => expect((await untilReady(a1.url)).join()).toMatch(problem));
    expect((await untilReady(a1.url)).join()).toContain('The newest configuration is not in force');
    expect(said.filter(({ level }) => level === 'error').map(({ facts }) => facts['problem'])).toContainEqual(
      expect.stringMatching(problem),
    );
    expect(await brokersSeen(a1.url)).toEqual(everyone().map(({ broker }) => broker));
    const { virtualMachines } = await ask<Listed>(`${a1.url}/graphql`, list);
    expect(virtualMachines).toMatchObject({ totalCount: 3 * vms, coverage: { complete: true } });
    await restore();
    expect(await untilReady(a1.url)).toEqual([]);
  });
});

const list = '{ virtualMachines(first: 5) { totalCount nodes { id name } coverage { complete sources { id } } } }';

interface Listed {
  readonly virtualMachines: {
    readonly totalCount: number;
    readonly nodes: readonly unknown[];
    readonly coverage: { readonly complete: boolean; readonly sources: readonly { readonly id: string }[] };
  };
}

function everyone(): Member[] {
  const { a1, b1, b2, c1 } = members;
  return [a1, b1, b2, c1];
}

async function restore(): Promise<void> {
  await site.write(everyone());
  await eventually(async () => {
    expect(await untilReady(members.a1.url)).toEqual([]);
    expect(await brokersSeen(members.a1.url)).toEqual(everyone().map(({ broker }) => broker));
  });
}

async function brokersSeen(url: string): Promise<string[]> {
  const { site: view } = await ask<{ site: { installations: { brokers: { id: string }[] }[] } }>(
    `${url}/graphql`,
    '{ site { installations { brokers { id } } } }',
  );
  return view.installations.flatMap(({ brokers }) => brokers.map(({ id }) => id));
}

async function viewOf(url: string, broker: string) {
  type View = { readonly id: string; readonly endpoint: string; readonly state: string; readonly since: string | null };
  const { site: view } = await ask<{ site: { installations: { brokers: View[] }[] } }>(
    `${url}/graphql`,
    '{ site { installations { brokers { id endpoint state since } } } }',
  );
  return view.installations.flatMap(({ brokers }) => brokers).find(({ id }) => id === broker)!;
}

/** A few callers who ask one after another until they are stopped. */
function startLoad(url: string) {
  const answers = new Map<string, number>();
  const problems: unknown[] = [];
  let goesOn = true;
  let count = 0;
  const caller = async (): Promise<void> => {
    while (goesOn) {
      const answer = await query<Listed>(`${url}/graphql`, list).catch((thrown: unknown) => ({
        data: null,
        errors: [String(thrown)],
      }));
      count += 1;
      const { data, errors } = answer;
      if (!data?.virtualMachines || errors.length > 0 || !data.virtualMachines.coverage.complete) {
        problems.push(answer);
        continue;
      }
      const { coverage, totalCount } = data.virtualMachines;
      const kind = `${coverage.sources.map(({ id }) => id).join(',')} ${totalCount}`;
      answers.set(kind, (answers.get(kind) ?? 0) + 1);
    }
  };
  const callers = Promise.all([caller(), caller(), caller(), caller()]);
  return {
    answers,
    problems,
    /** Waits for so many further answers. */
    async next(further: number): Promise<void> {
      const wanted = count + further;
      await eventually(() => expect(count).toBeGreaterThanOrEqual(wanted));
    },
    async stop(): Promise<void> {
      goesOn = false;
      await callers;
    },
  };
}
