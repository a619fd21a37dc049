import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { ask } from '../support/graphql.ts';
import { readStream, type StreamReader } from '../support/stream-reader.ts';
import { startStreamSites, type StreamSites } from '../support/stream-sites.ts';

// Operations on two sites as they are followed live: one of another site, and one that every installation has a part of.

let both: StreamSites;

beforeAll(async () => {
  both = await startStreamSites({ lyon: ['lyon-a'], oslo: ['oslo-a', 'oslo-b'] });
}, 60_000);

afterAll(async () => {
  await both?.[Symbol.asyncDispose]();
});

interface OperationEvent {
  readonly type: string;
  readonly source: string;
  readonly resumeToken: string;
  readonly operation: Operation | null;
}

interface Operation {
  readonly id: string;
  readonly state: string;
  readonly progress: number;
  readonly itemCount: number | null;
  readonly succeededCount: number | null;
}

const fields = 'type source resumeToken operation { id state progress itemCount succeededCount }';
const updates = `subscription ($id: ID!, $after: String) { operationUpdated(id: $id, after: $after) { ${fields} } }`;

const follow = (site: string, id: string, after?: string): StreamReader<OperationEvent> =>
  readStream<OperationEvent>(both.federation(site), { query: updates, variables: { id, after } });

/** All events of an operation until the stream ends by itself. */
async function untilEnd(reader: StreamReader<OperationEvent>): Promise<readonly Operation[]> {
  const found: Operation[] = [];
  for (let event = await reader.next(); event !== null; event = await reader.next()) {
    if (event.operation !== null) {
      found.push(event.operation);
    }
  }
  return found;
}

/** Keeps the state of all machines of these installations; gives the id of the bulk. */
async function keepAll(installations: readonly string[]): Promise<string> {
  const { createSnapshotBulk } = await ask<{ createSnapshotBulk: { operation: { id: string } } }>(
    both.federation(),
    `mutation ($input: CreateSnapshotBulkInput!) { createSnapshotBulk(input: $input) { operation { id } } }`,
    { input: { filter: { installation: { in: installations } }, name: randomUUID() } },
  );
  return createSnapshotBulk.operation.id;
}

const cut = (): void => {
  for (const proxy of both.wan.filter(({ webSockets }) => webSockets.length > 0)) {
    proxy.setFault({ kind: 'reset' });
    proxy.setFault({ kind: 'none' });
  }
};

test('an operation of another site is followed to its end', async () => {
  const { virtualMachines } = await ask<{ virtualMachines: { nodes: readonly { id: string }[] } }>(
    both.federation(),
    '{ virtualMachines(filter: { installation: { eq: "oslo-b" } }) { nodes { id } } }',
  );
  const { createSnapshot } = await ask<{ createSnapshot: { operation: { id: string } } }>(
    both.federation(),
    'mutation ($id: ID!) { createSnapshot(input: { id: $id, name: "one" }) { operation { id } } }',
    { id: virtualMachines.nodes[0]!.id },
  );
  await using reader = follow('lyon', createSnapshot.operation.id);
  const found = await untilEnd(reader);
  expect(found.at(-1)).toMatchObject({ id: createSnapshot.operation.id, state: 'SUCCEEDED', progress: 100 });
});

test('a bulk over two sites is told of as one at either of them, while the link between them is lost', async () => {
  const all = ['lyon-a', 'oslo-a', 'oslo-b'];
  const id = await keepAll(all);
  const readers = ['lyon', 'oslo', 'lyon'].map((site) => follow(site, id));
  const firsts = await Promise.all(readers.map((reader) => reader.change()));
  cut();
  for (const [at, reader] of readers.entries()) {
    const found = [firsts[at]!.operation!, ...(await untilEnd(reader))];
    expect(new Set(found.map(({ itemCount }) => itemCount))).toEqual(new Set([15]));
    expect(found.map(({ succeededCount }) => succeededCount)).toEqual(
      found.map(({ succeededCount }) => succeededCount).toSorted((a, b) => a! - b!),
    );
    expect(found.at(-1)).toMatchObject({ id, state: 'SUCCEEDED', progress: 100, succeededCount: 15 });
    await reader[Symbol.asyncDispose]();
  }
}, 20_000);

test('a bulk that only another site has a part of is told of, and goes on after a token', async () => {
  const id = await keepAll(['oslo-a']);
  await using reader = follow('lyon', id);
  const { operation, resumeToken } = await reader.change();
  expect(operation).toMatchObject({ id, itemCount: 5 });
  await using resumed = follow('lyon', id, resumeToken);
  const [found, rest] = await Promise.all([untilEnd(reader), untilEnd(resumed)]);
  expect((found.at(-1) ?? operation)!.state).toBe('SUCCEEDED');
  expect(rest.at(-1)).toEqual(found.at(-1));
});

test('the operations of all sites are told of as they are accepted and end', async () => {
  await using reader = readStream<OperationEvent>(both.federation(), {
    query: `subscription { operationsChanged(filter: { kind: CREATE_SNAPSHOT_BULK }) { ${fields} } }`,
  });
  await reader.next();
  await keepAll(['lyon-a', 'oslo-b']);
  const succeeded = new Set<string>();
  while (succeeded.size < 2) {
    const { operation, source } = await reader.change();
    if (operation?.state === 'SUCCEEDED') {
      succeeded.add(source);
    }
  }
  expect([...succeeded].sort()).toEqual(['installation:lyon-a', 'installation:oslo-b']);
});
