import { describe, expect, test } from '@jest/globals';

import { encodeRevisions } from '../../../src/core/revision-vector.ts';
import type { Operation } from '../../../src/model/operation.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createMemoryLog } from '../../support/memory-log.ts';
import { createRecordingOperations, operation } from '../../support/operation.ts';
import { follow, idOf, schemaOf, stateOf } from '../../support/subgraph.ts';

const clock = createManualClock();
const queued = operation({ localId: 'o1', revision: 2 });
const begun: Operation = { ...queued, state: 'RUNNING', revision: 3 };
const done: Operation = { ...queued, state: 'SUCCEEDED', progress: 100, revision: 4 };
const tokenOf = (revision: number): string => encodeRevisions({ a: { feed: 'f', revision, part: 0 } });

/** A feed in which an operation was accepted, begun and done, after something else. */
function feedUntil(revision: number) {
  const log = createMemoryLog();
  const steps: readonly (readonly [Operation | null, Operation])[] = [
    [null, operation({ localId: 'other' })],
    [null, queued],
    [queued, begun],
    [begun, done],
  ];
  const goOn = (until: number): void => {
    for (const [before, after] of steps.slice(log.place()!.revision, until)) {
      log.append({ kind: 'Operation', localId: after.localId, before, after });
    }
  };
  goOn(revision);
  return { log, goOn };
}

interface Setting {
  readonly log: ReturnType<typeof createMemoryLog>;
  readonly known: readonly Operation[];
  readonly id?: string;
  readonly after?: string;
}

/** Gives what the events say, one at a time: the type, and the state of the operation. */
function watch({ log, known, id = idOf('Operation', 'o1'), after }: Setting) {
  const operations = createRecordingOperations(known);
  const schema = schemaOf({ current: () => stateOf(null), clock, log, operations });
  const args = after === undefined ? `id: "${id}"` : `id: "${id}", after: "${after}"`;
  const source = `subscription { operationUpdated(${args}) { type operation { state } sequence resumeToken } }`;
  const stream = follow(schema, { source, signal: AbortSignal.timeout(10_000) });
  return async () => {
    const { value, done: isDone } = await stream.next();
    expect(value?.errors ?? []).toEqual([]);
    const event = isDone === true ? null : value.data.operationUpdated;
    return event === null ? 'end' : `${event.type} ${event.operation?.state ?? ''}`.trim();
  };
}

describe('the stream of one operation', () => {
  test('begins with the operation as it is, tells each change of it, and ends with its last', async () => {
    const { log, goOn } = feedUntil(2);
    const next = watch({ log, known: [queued] });
    expect(await next()).toBe('ADDED QUEUED');
    goOn(4);
    expect(await next()).toBe('MODIFIED RUNNING');
    expect(await next()).toBe('MODIFIED SUCCEEDED');
    expect(await next()).toBe('end');
  });

  test('of one that has ended is that alone', async () => {
    const next = watch({ log: feedUntil(4).log, known: [done] });
    expect(await next()).toBe('ADDED SUCCEEDED');
    expect(await next()).toBe('end');
  });

  test('does not tell again what the database knew before this broker had read it in the feed', async () => {
    const { log, goOn } = feedUntil(2);
    const next = watch({ log, known: [begun] });
    expect(await next()).toBe('ADDED RUNNING');
    goOn(4);
    expect(await next()).toBe('MODIFIED SUCCEEDED');
    expect(await next()).toBe('end');
  });

  test('goes on after a token, and ends at once where the end was seen', async () => {
    const { log } = feedUntil(4);
    const next = watch({ log, known: [done], after: tokenOf(2) });
    expect(await next()).toBe('MODIFIED RUNNING');
    expect(await next()).toBe('MODIFIED SUCCEEDED');
    expect(await next()).toBe('end');
    expect(await watch({ log, known: [done], after: tokenOf(4) })()).toBe('end');
  });

  test('says after a GAP how the operation is', async () => {
    const { log } = feedUntil(4);
    log.truncate();
    const next = watch({ log, known: [done], after: tokenOf(2) });
    expect(await next()).toBe('GAP');
    expect(await next()).toBe('ADDED SUCCEEDED');
    expect(await next()).toBe('end');
  });

  test('that there is not ends at once', async () => {
    expect(await watch({ log: feedUntil(1).log, known: [] })()).toBe('end');
  });

  test('waits for the part of a bulk that is not there yet', async () => {
    const { log } = feedUntil(1);
    const next = watch({ log, known: [], id: idOf('Operation', 'site', '*') });
    expect(await next()).toBe('BOOKMARK');
    const kind = 'SET_POWER_STATE_BULK';
    const bulk = operation({ localId: 'site', kind, state: 'RUNNING' });
    log.append({ kind: 'Operation', localId: 'site', before: null, after: bulk });
    log.append({ kind: 'Operation', localId: 'site', before: bulk, after: { ...bulk, state: 'FAILED' } });
    expect(await next()).toBe('ADDED RUNNING');
    expect(await next()).toBe('MODIFIED FAILED');
    expect(await next()).toBe('end');
  });
});
