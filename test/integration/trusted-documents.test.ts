import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { openReady } from '../support/raw-socket.ts';
import { readyQuery, startSites, type TestSites } from '../support/sites.ts';

// Brokers of two sites that answer their clients' own documents and nothing else, and one another as ever.

interface Operation {
  readonly id: string;
  readonly name: string;
  readonly body: string;
}

const manifest = JSON.parse(
  readFileSync(new URL('../../schema/generated/documents.json', import.meta.url), 'utf8'),
) as { readonly operations: readonly Operation[] };
const list = manifest.operations.find(({ name }) => name === 'ListOperations')!;
const watch = manifest.operations.find(({ name }) => name === 'WatchInventory')!;

let sites: TestSites;
let base: string;
const folder = mkdtempSync(join(tmpdir(), 'sitewide-documents-'));
beforeAll(async () => {
  const file = join(folder, 'operator.json');
  writeFileSync(file, JSON.stringify({ ready: readyQuery }));
  const settings = () => ({ persistedDocuments: { mode: 'only', file } });
  sites = await startSites({ sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a'] }, vms: 5, settings });
  base = sites.at('lyon').url;
}, 60_000);
afterAll(async () => {
  await sites?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function send(search: string, body?: object): Promise<[status: number, codes: unknown[], data: unknown]> {
  const headers = { 'content-type': 'application/json' };
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(`${base}/federation/graphql${search}`, init);
  const { data, errors = [] } = (await response.json()) as {
    data?: unknown;
    errors?: { extensions: { code: string } }[];
  };
  return [response.status, errors.map(({ extensions }) => extensions.code), data];
}

const answered = [200, [], { operations: expect.objectContaining({ nodes: [] }) }];
const refused = [403, ['DOCUMENT_NOT_TRUSTED'], undefined];

describe('where only known documents are trusted', () => {
  test('they are answered by text, by id and by hash, by POST and by GET', async () => {
    expect(await send('', { query: list.body })).toEqual(answered);
    expect(await send('', { documentId: `sha256:${list.id}` })).toEqual(answered);
    expect(await send('', { extensions: { persistedQuery: { version: 1, sha256Hash: list.id } } })).toEqual(answered);
    expect(await send(`?documentId=${list.id}`)).toEqual(answered);
  });

  test('those of the manifest of the operator are, whatever its ids look like', async () => {
    expect((await send('', { documentId: 'ready' })).slice(0, 2)).toEqual([200, []]);
  });

  test('nothing else is, by no way', async () => {
    expect(await send('', { query: '{ __typename }' })).toEqual(refused);
    expect(await send('', { documentId: 'sha256:00' })).toEqual(refused);
    expect(await send('?query={__typename}')).toEqual(refused);
    expect(await send(`?query={__typename}`, { query: '{ __typename }' })).toEqual(refused);
  });

  test('over WebSockets it is the same', async () => {
    using socket = await openReady(`${base}/graphql`);
    socket.send({ id: '1', type: 'subscribe', payload: { query: '{ __typename }' } });
    expect(await socket.take()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }],
    });
    socket.send({ id: '2', type: 'subscribe', payload: { query: '', documentId: `sha256:${list.id}` } });
    expect(await socket.take()).toMatchObject({
      id: '2',
      type: 'next',
      payload: { data: { operations: { nodes: [] } } },
    });
    const { id: sha256Hash } = watch;
    const payload = { query: '', extensions: { persistedQuery: { version: 1, sha256Hash } } };
    socket.send({ id: '3', type: 'subscribe', payload });
    await socket.take();
    // It is understood; these brokers have no database to keep changes in.
    expect(await socket.take()).toMatchObject({ id: '3', payload: [{ extensions: { code: 'NO_SOURCE_ANSWERED' } }] });
    socket.send({ id: '4', type: 'subscribe', payload: { query: 'subscription { siteChanged { name } }' } });
    expect(await socket.take()).toMatchObject({ id: '4', payload: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] });
  });
});
