import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { GraphQLSchema } from 'graphql';

import { createAuthority, type RoleAuthority } from '../../src/auth/roles.ts';
import { createSnapshot, type Snapshot } from '../../src/inventory/snapshot.ts';
import type { InventoryState } from '../../src/inventory/state.ts';
import type { FeedChange } from '../../src/model/resource.ts';
import { inventory } from '../support/builders.ts';
import { createManualClock, settle } from '../support/manual-clock.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { createRecordingOperations } from '../support/operation.ts';
import { alice, bindings, changesBetween, rightsOf, type World, withoutForbidden, worlds } from '../support/rights.ts';
import { fromCursor, questions, type RightsQuestion, triedChanges } from '../support/rights-questions.ts';
import { createTriedOperations } from '../support/tried-operations.ts';
import { askSchema, follow, schemaOf, type SeenAnswer, stateOf } from '../support/subgraph.ts';

// Whoever may not see everything gets what they would get if there were nothing else: answers, errors, coverage and cursors,
// and the events of streams.

const clock = createManualClock();
const place = { site: 'lyon', installation: 'a' };
const seed = 20_261_123;

function snapshotOf(world: World): Snapshot {
  return createSnapshot('a', { ...world.inventory, Operation: world.operations });
}

/** A schema over a world that is replaced from run to run: making one takes longer than asking it. */
function createAsked(authority?: RoleAuthority) {
  let snapshot = snapshotOf({ inventory: inventory(), operations: [] });
  let known = createRecordingOperations();
  const current = (): InventoryState => stateOf(snapshot);
  const operations = createTriedOperations(current);
  const schema: GraphQLSchema = schemaOf({
    clock,
    current,
    operations: { ...operations, find: (localId, signal) => known.find(localId, signal) },
    ...(authority && { authority }),
  });
  const replace = (world: World, made = snapshotOf(world)): Snapshot => {
    snapshot = made;
    known = createRecordingOperations(world.operations);
    return made;
  };
  return { schema, replace };
}

const nobody = { roles: {}, bindings: [] };
const roles = createAuthority(nobody, place);
const restricted = createAsked(roles);
const everything = createAsked();
const reference = createAsked();
/** What is not allowed there is not allowed here either; only what is not seen is not there. */
const reduced = createAsked(roles);

const ask = (schema: GraphQLSchema, question: RightsQuestion) =>
  askSchema(schema, clock, { ...question, principal: alice });

/** Where somebody who sees everything has pages begin. */
async function cursorsOf(schema: GraphQLSchema, question: RightsQuestion): Promise<readonly string[]> {
  const { data } = await askSchema(schema, clock, question);
  const [list] = Object.values(data) as { readonly edges?: readonly { readonly cursor: string }[] }[];
  return (list?.edges ?? []).slice(0, 3).map(({ cursor }) => cursor);
}

describe('what somebody may not see', () => {
  test('is as if it were not there, in every answer, also after changes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(worlds, { minLength: 1, maxLength: 3 }),
        bindings,
        fc.array(questions, { minLength: 1, maxLength: 4 }),
        async (history, given, asked) => {
          const rights = rightsOf(given);
          fc.pre(rights !== null);
          roles.adopt({ roles: {}, bindings: given });
          let whole = restricted.replace(history[0]!);
          for (const [at, world] of history.entries()) {
            whole = at === 0 ? whole : whole.patch(changesBetween(history[at - 1]!, world));
            const rest = withoutForbidden(world, rights);
            restricted.replace(world, whole);
            everything.replace(world, whole);
            // The numbers are those of the whole feed.
            reference.replace(rest, snapshotOf(rest).at(whole.revision, whole.lastChanges));
            for (const question of asked) {
              expect(await ask(restricted.schema, question)).toEqual(await ask(reference.schema, question));
              for (const cursor of await cursorsOf(everything.schema, question)) {
                const from = fromCursor(question, cursor);
                expect(await ask(restricted.schema, from)).toEqual(await ask(reference.schema, from));
              }
            }
          }
        },
      ),
      { numRuns: 100, seed },
    );
  });

  test('makes no difference to what is said of changes', async () => {
    const codes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        worlds,
        bindings,
        fc.array(triedChanges, { minLength: 1, maxLength: 6 }),
        async (world, given, asked) => {
          const rights = rightsOf(given);
          fc.pre(rights !== null);
          roles.adopt({ roles: {}, bindings: given });
          const whole = restricted.replace(world);
          const rest = withoutForbidden(world, rights);
          reduced.replace(rest, snapshotOf(rest).at(whole.revision, whole.lastChanges));
          for (const change of asked) {
            const answer = await ask(restricted.schema, change);
            expect(answer).toEqual(await ask(reduced.schema, change));
            outcomesOf(answer).forEach((code) => codes.add(code));
            answer.errors.forEach((e) => codes.add(e.message.slice(0, 150)));
          }
        },
      ),
      { numRuns: 150, seed },
    );
    // Not because nothing is ever said.
    expect([...codes].sort()).toEqual(
      expect.arrayContaining(['FORBIDDEN', 'INVALID_STATE', 'NOTHING_MATCHED', 'NOT_FOUND', 'TRIED']),
    );
  }, 30_000);

  test('is a whole installation for somebody without a role, and the answers do not depend on it', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, worlds, bindings, questions, async (one, other, given, question) => {
        fc.pre(rightsOf(given) === null);
        roles.adopt({ roles: {}, bindings: given });
        restricted.replace(one);
        const first = await ask(restricted.schema, question);
        restricted.replace(other);
        expect(await ask(restricted.schema, question)).toEqual(first);
        expect(Object.entries(first.data).filter(([field, value]) => isShown(field, value))).toEqual([]);
      }),
      { numRuns: 100, seed },
    );
  });

  test('is no event in a stream', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(worlds, { minLength: 2, maxLength: 4 }), bindings, async (history, given) => {
        const rights = rightsOf(given);
        fc.pre(rights !== null);
        const whole = history.map(withoutBulks);
        const rest = whole.map((world) => withoutForbidden(world, rights));
        const authority = createAuthority({ roles: {}, bindings: given }, place);
        expect(await eventsOf(whole, authority)).toEqual(await eventsOf(rest));
      }),
      { numRuns: 30, seed },
    );
  });
});

/** The codes with which a change was refused, or that it would be done. */
function outcomesOf({ data }: SeenAnswer): readonly string[] {
  const [payload] = Object.values(data) as ({ preview: unknown; userErrors: readonly { code: string }[] } | null)[];
  return [...(payload?.userErrors ?? []).map(({ code }) => code), ...(payload?.preview ? ['TRIED'] : [])];
}

/** Lists of entities cannot be null, so that the elements are. */
function isShown(field: string, value: unknown): boolean {
  const values = Array.isArray(value) ? value : [value];
  return field !== 'viewer' && values.some((one) => one !== null);
}

/** What a bulk of somebody else has come to is looked up in the present, which tests of its own show. */
function withoutBulks(world: World): World {
  return { ...world, operations: world.operations.filter(({ kind }) => kind !== 'SET_POWER_STATE_BULK') };
}

/** What a reader is told of a history, without the numbers. */
async function eventsOf(history: readonly World[], authority?: RoleAuthority): Promise<unknown[]> {
  const log = createMemoryLog();
  const stop = new AbortController();
  const schema = schemaOf({
    clock,
    log,
    current: () => stateOf(snapshotOf(history.at(-1)!)),
    ...(authority && { authority }),
  });
  const told: unknown[] = [];
  const read = async (source: string): Promise<void> => {
    for await (const { data, errors } of follow(schema, { source, principal: alice, signal: stop.signal })) {
      const [event] = Object.values(data) as { readonly type: string }[];
      if (event?.type !== 'BOOKMARK') told.push({ data, errors });
    }
  };
  const reading = ['inventoryChanged { type node', 'operationsChanged { type operation'].map((field) =>
    read(`subscription { ${field} { __typename id ... on VirtualMachine { name host { name } labels { key value } }
      ... on Operation { state targetName } } } }`),
  );
  await settle();
  for (let at = 1; at < history.length; at += 1) {
    const changes: readonly FeedChange[] = changesBetween(history[at - 1]!, history[at]!);
    log.append(...changes);
    await settle();
  }
  stop.abort(new Error('The test is over.'));
  await Promise.allSettled(reading);
  return told;
}
