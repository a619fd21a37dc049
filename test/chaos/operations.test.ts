import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { Effect } from '../../src/drivers/simulator/effects.ts';
import { createRandom } from '../../src/drivers/simulator/random.ts';
import { eventually } from '../contract/eventually.ts';
import { trailOf } from '../support/audit-trail.ts';
import { knownInventory, type KnownVm } from '../support/chaos-inventory.ts';
import { askForChange, disturbBrokers, type AskedOperation } from '../support/chaos-operations.ts';
import { type ChaosSite, startChaosSite } from '../support/chaos-site.ts';
import { ask } from '../support/postgres.ts';

// Operations while brokers are killed and stopped at any instant: each ends once, each effect happens once, what cannot be
// observed happens once at most. The seed is printed; SITEWIDE_CHAOS_SEED repeats it, SITEWIDE_CHAOS=long takes 2,000.

const isLong = process.env['SITEWIDE_CHAOS'] === 'long';
const seed = process.env['SITEWIDE_CHAOS_SEED'] ?? String(Date.now());
const count = isLong ? 2_000 : 200;
const perSecond = isLong ? 25 : 15;
const leaseMs = 5_000;
const graceMs = 5_000;
/** Success is told once the inventory shows it, and the broker that watches may be the one that was killed. */
const watchMs = 5_000;

let site: ChaosSite;
let vms: readonly KnownVm[];

beforeAll(async () => {
  const installations = isLong ? ['a', 'b', 'c'] : ['a', 'b'];
  // Some machines are in a state in which nothing can be foretold.
  const machines = Math.ceil((1.15 * count) / installations.length);
  site = await startChaosSite({ installations, brokers: 3, vms: machines, actionMs: 150 });
  vms = await knownInventory(site);
}, 120_000);

afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
});

interface KeptOperation {
  readonly local_id: string;
  readonly state: string;
  readonly epoch: string;
  readonly ran_ms: number;
  readonly code: string | null;
}

test(`${count} operations end once, with one effect each, while their brokers are killed and stopped`, async () => {
  const random = createRandom(seed);
  // Each machine once, so that what it does can be foretold.
  const left = vms.filter(({ powerState }) => powerState !== 'CRASHED' && powerState !== 'UNKNOWN');
  const targets = Array.from({ length: count }, () => left.splice(random.between(0, left.length - 1), 1)[0]!);
  const end = new AbortController();
  const disturbing = disturbBrokers(site, {
    random: (installation) => createRandom(`${seed} ${installation}`),
    signal: end.signal,
  });
  const asking: Promise<AskedOperation>[] = [];
  for (const [at, vm] of targets.entries()) {
    asking.push(askForChange(site, vm, createRandom(`${seed} ${at}`)));
    await delay(1_000 / perSecond);
  }
  const asked = await Promise.all(asking);
  end.abort();
  const disturbed = await disturbing;
  await eventually(async () => expect(await open()).toBe(0), leaseMs + graceMs + 10_000);
  const kept = await operations();
  const effects = await allEffects();
  const takeovers = [...kept.values()].filter(({ epoch }) => Number(epoch) > 1).length;
  const resent = asked.reduce((sum, { sent }) => sum + sent - 1, 0);
  const unknown = [...kept.values()].filter(({ code }) => code === 'OUTCOME_UNKNOWN').length;
  const told = { seed, count, ...disturbed, resent, takeovers, unknown };
  process.stderr.write(`operations under disturbance: ${JSON.stringify(told)}\n`);
  expect(kept.size).toBe(count);
  const wrong = asked.flatMap((one) => problemsOf(one, { kept: kept.get(one.localId), effects }));
  expect(wrong).toEqual([]);
  expect(await unaudited(kept)).toEqual([]);
}, 300_000);

/** What the audit trails do not tell of exactly twice: when it was accepted, and when it ended. */
async function unaudited(kept: ReadonlyMap<string, KeptOperation>): Promise<readonly string[]> {
  const told = new Map<string, string[]>();
  for (const url of site.databases.values()) {
    for (const { operation = 'none', outcome } of await trailOf(url)) {
      told.set(operation, [...(told.get(operation) ?? []), outcome]);
    }
  }
  const ids = new Set([...kept.keys(), ...told.keys()]);
  return [...ids].flatMap((id) => {
    const found = String(told.get(id));
    const wanted = String(['ACCEPTED', kept.get(id)?.state]);
    return found === wanted ? [] : [`${id} is told of as ${found}, not as ${wanted}`];
  });
}

/** What is not as promised. */
function problemsOf(
  { localId, observable, what }: AskedOperation,
  { kept, effects }: { readonly kept: KeptOperation | undefined; readonly effects: ReadonlyMap<string, number> },
): readonly string[] {
  const had = effects.get(localId) ?? 0;
  const name = `${what} ${localId}`;
  if (kept === undefined) return [`${name} is lost`];
  const { state, code, epoch, ran_ms: ranMs } = kept;
  const isUnknown = state === 'FAILED' && code === 'OUTCOME_UNKNOWN' && !observable;
  return [
    ...(state === 'SUCCEEDED' && had !== 1 ? [`${name} succeeded with ${had} effects`] : []),
    ...(state !== 'SUCCEEDED' && !isUnknown ? [`${name} ended in ${state} (${code}) with ${had} effects`] : []),
    ...(isUnknown && had > 1 ? [`${name} had ${had} effects`] : []),
    ...(ranMs > Number(epoch) * (leaseMs + graceMs) + watchMs ? [`${name} took ${ranMs} ms with ${epoch} owners`] : []),
  ];
}

async function open(): Promise<number> {
  const counts = await fromAll<{ count: number }>(
    `select count(*)::int as count from operation where state in ('QUEUED', 'RUNNING')`,
  );
  return counts.reduce((sum, row) => sum + row.count, 0);
}

async function operations(): Promise<ReadonlyMap<string, KeptOperation>> {
  const rows = await fromAll<KeptOperation>(
    `select local_id, state, epoch, content -> 'error' ->> 'code' as code,
       (content ->> 'finishedAt')::float8 - (content ->> 'startedAt')::float8 as ran_ms
     from operation`,
  );
  return new Map(rows.map((row) => [row.local_id, row]));
}

async function fromAll<Row>(statement: string): Promise<readonly Row[]> {
  return (await Promise.all([...site.databases.values()].map((url) => ask<Row>(url, statement)))).flat();
}

/** How many effects each operation had. */
async function allEffects(): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const url of site.simulators.values()) {
    const effects = (await (await fetch(`${url}/v1/effects`)).json()) as readonly Effect[];
    for (const { operationId } of effects) {
      counts.set(operationId, (counts.get(operationId) ?? 0) + 1);
    }
  }
  return counts;
}
