import { describe, expect, test } from '@jest/globals';

import { encodeRevisions } from '../../../src/core/revision-vector.ts';
import { createSnapshot } from '../../../src/inventory/snapshot.ts';
import type { FeedChange } from '../../../src/model/resource.ts';
import type { Vm } from '../../../src/model/vm.ts';
import { host, inventory, vm } from '../../support/builders.ts';
import { createManualClock, settle } from '../../support/manual-clock.ts';
import { createMemoryLog } from '../../support/memory-log.ts';
import { operation } from '../../support/operation.ts';
import { follow, idOf, schemaOf, stateOf } from '../../support/subgraph.ts';

const running = vm({ name: 'web', host: { localId: 'h1', name: 'h1' } });
const stopped: Vm = { ...running, powerState: 'STOPPED' };
const changed = (before: Vm | null, after: Vm | null): FeedChange => ({
  kind: 'VirtualMachine',
  localId: (before ?? after)!.localId,
  before,
  after,
});

function open(field = 'inventoryChanged', args = '', fields = 'node { ... on VirtualMachine { name powerState } }') {
  const clock = createManualClock();
  const log = createMemoryLog();
  const stop = new AbortController();
  const snapshot = createSnapshot('a', inventory({ Host: [host({ name: 'h1' })] }));
  const schema = schemaOf({ current: () => stateOf(snapshot), clock, log });
  const begin = (more = args) =>
    follow(schema, {
      source: `subscription { ${field}${more} { type ${fields} source fromSequence sequence resumeToken } }`,
      signal: stop.signal,
    });
  const stream = begin();
  const next = async (from = stream) => {
    const { value, done } = await from.next();
    expect(value?.errors ?? []).toEqual([]);
    return done === true ? null : (value.data[field] as Record<string, unknown>);
  };
  return { clock, log, stop, next, begin, stream };
}

const tokenOf = (revision: number, part = 0): string => encodeRevisions({ a: { feed: 'f', revision, part } });

describe('the stream of the inventory', () => {
  test('begins with its place, and tells what comes, changes and goes', async () => {
    const { log, next } = open();
    expect(await next()).toMatchObject({ type: 'BOOKMARK', node: null, sequence: 0, resumeToken: tokenOf(0) });
    log.append(changed(null, running), changed(running, stopped));
    const node = { name: 'web', powerState: 'RUNNING' };
    const source = 'installation:a';
    const sequences = { fromSequence: 1, sequence: 1 };
    expect(await next()).toEqual({ type: 'ADDED', node, source, ...sequences, resumeToken: tokenOf(0, 1) });
    expect(await next()).toMatchObject({ type: 'MODIFIED', node: { powerState: 'STOPPED' }, resumeToken: tokenOf(1) });
    log.append(changed(stopped, null));
    expect(await next()).toMatchObject({ type: 'REMOVED', node: { powerState: 'STOPPED' }, resumeToken: tokenOf(2) });
  });

  test('tells that a machine that leaves the filter is REMOVED, and one that enters it ADDED', async () => {
    const { log, next } = open('inventoryChanged', '(filter: { virtualMachine: { powerState: [RUNNING] } })');
    await next();
    log.append(changed(running, stopped));
    log.append(changed(stopped, running));
    expect(await next()).toMatchObject({ type: 'REMOVED', node: { powerState: 'RUNNING' }, sequence: 1 });
    expect(await next()).toMatchObject({ type: 'ADDED', sequence: 2 });
  });

  test('tells only of the types that are wanted', async () => {
    const { log, next } = open('inventoryChanged', '(types: [HOST])', 'node { __typename }');
    await next();
    log.append(changed(null, running));
    log.append({ kind: 'Host', localId: 'h1', before: null, after: host({ name: 'h1' }) });
    expect(await next()).toMatchObject({ type: 'ADDED', node: { __typename: 'Host' }, sequence: 2 });
  });

  test('finds what a machine refers to in the present inventory', async () => {
    const { log, next } = open('inventoryChanged', '', 'node { ... on VirtualMachine { host { name } } }');
    await next();
    log.append(changed(null, running));
    expect(await next()).toMatchObject({ node: { host: { name: 'h1' } } });
  });

  test('goes on after a token with exactly what follows, also within an append', async () => {
    const { log, next, begin } = open();
    log.append(changed(null, running), changed(running, stopped));
    log.append(changed(stopped, null));
    const rest = begin(`(after: "${tokenOf(0, 1)}")`);
    expect(await next(rest)).toMatchObject({ type: 'MODIFIED', resumeToken: tokenOf(1) });
    expect(await next(rest)).toMatchObject({ type: 'REMOVED', resumeToken: tokenOf(2) });
  });

  test('tells of a GAP where changes are no longer kept, where the feed is another one, and where it joins', async () => {
    const { log, next, begin } = open();
    log.append(changed(null, running));
    log.append(changed(running, stopped));
    log.truncate();
    const foreign = encodeRevisions({ a: { feed: 'other', revision: 1, part: 0 } });
    const unknown = encodeRevisions({ b: { feed: 'f', revision: 1, part: 0 } });
    for (const token of [tokenOf(1), foreign, unknown]) {
      const stream = begin(`(after: "${token}")`);
      expect(await next(stream)).toMatchObject({ type: 'GAP', node: null, resumeToken: tokenOf(2) });
    }
  });

  test('moves the place of a reader who wants nothing of what happens, some seconds later', async () => {
    const { clock, log, next } = open('inventoryChanged', '(types: [HOST])');
    await next();
    const event = next();
    log.append(changed(null, running));
    await settle();
    log.append(changed(running, stopped));
    await clock.advance(9_999);
    await expect(Promise.race([event, Promise.resolve('nothing')])).resolves.toBe('nothing');
    await clock.advance(1);
    expect(await event).toMatchObject({ type: 'BOOKMARK', node: null, resumeToken: tokenOf(2) });
    expect(clock.sleepers).toBe(0);
  });

  test('costs no timer while nothing happens', async () => {
    const { clock, next } = open();
    await next();
    void next();
    await settle();
    expect(clock.sleepers).toBe(0);
  });

  test('ends when its signal aborts although it waits, and leaves no reader behind', async () => {
    const { log, next, stop } = open();
    await next();
    const event = next();
    await settle();
    expect(log.readers).toBe(1);
    stop.abort(new Error('The socket was closed.'));
    expect(await event).toBeNull();
    await settle();
    expect(log.readers).toBe(0);
  });

  test.each([
    ['REVISION_INVALID', 'no token', createMemoryLog()],
    ['STORE_UNAVAILABLE', tokenOf(0), undefined],
  ])('is refused with %s', async (code, after, log) => {
    const schema = schemaOf({ current: () => stateOf(null), clock: createManualClock(), ...(log && { log }) });
    const source = `subscription { inventoryChanged(after: "${after}") { type } }`;
    const { value } = await follow(schema, { source, signal: new AbortController().signal }).next();
    expect(value?.errors[0]?.extensions.code).toBe(code);
  });
});

test('the stream of operations tells when one is accepted, goes on, and leaves the filter', async () => {
  const args = '(filter: { state: [QUEUED, RUNNING] })';
  const { log, next } = open('operationsChanged', args, 'operation { id state revision }');
  await next();
  const queued = operation({ localId: 'o1', revision: 0 });
  const begun = operation({ localId: 'o1', state: 'RUNNING', revision: 0 });
  const change = { kind: 'Operation', localId: 'o1' } as const;
  log.append({ ...change, before: null, after: queued });
  log.append({ ...change, before: queued, after: begun });
  log.append({ ...change, before: begun, after: { ...begun, state: 'SUCCEEDED' } });
  const id = idOf('Operation', 'o1');
  const at = (revision: number): string => tokenOf(revision);
  expect(await next()).toMatchObject({ type: 'ADDED', operation: { id, state: 'QUEUED', revision: at(1) } });
  expect(await next()).toMatchObject({ type: 'MODIFIED', operation: { state: 'RUNNING', revision: at(2) } });
  expect(await next()).toMatchObject({ type: 'REMOVED', operation: { state: 'RUNNING' }, resumeToken: at(3) });
});
