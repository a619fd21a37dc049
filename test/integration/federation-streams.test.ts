import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { decodeRevisions } from '../../src/core/revision-vector.ts';
import { openRaw, openReady } from '../support/raw-socket.ts';
import { readStream } from '../support/stream-reader.ts';
import { machines, namesOf, startStreamSites, type StreamSites } from '../support/stream-sites.ts';

// Subscriptions on two sites that know each other: what happens at each is told once, whichever brokers are lost.

const perSocket = 50;
let both: StreamSites;

beforeAll(async () => {
  both = await startStreamSites(
    { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a', 'oslo-b'] },
    { limits: { streams: { perSocket } } },
  );
}, 60_000);

afterAll(async () => {
  await both?.[Symbol.asyncDispose]();
});

const lost = (): void => {
  for (const proxy of both.wan.filter(({ webSockets }) => webSockets.length > 0)) {
    proxy.setFault({ kind: 'reset' });
    proxy.setFault({ kind: 'none' });
  }
};

describe('a stream of the federation', () => {
  test('begins with the places of all installations of all sites, and tells what happens at each', async () => {
    await using reader = readStream(both.federation(), { query: machines('first-') });
    const first = await reader.next();
    expect(first).toMatchObject({ type: 'BOOKMARK', node: null });
    expect(Object.keys(decodeRevisions(first!.resumeToken))).toEqual(['lyon-a', 'lyon-b', 'oslo-a', 'oslo-b']);
    for (const installation of ['lyon-a', 'oslo-b', 'lyon-b', 'oslo-a']) {
      const name = `first-${installation}`;
      await both.add(installation, name);
      const event = await reader.change();
      expect(event).toMatchObject({ type: 'ADDED', source: `installation:${installation}`, node: { name } });
      expect(Object.keys(event).sort()).toEqual(['node', 'resumeToken', 'source', 'type']);
    }
  });

  test('takes one socket to another site, however many subscribers there are', async () => {
    const many = 2 * perSocket + 20;
    const readers = Array.from({ length: many }, () => readStream(both.federation(), { query: machines('shared-') }));
    await Promise.all(readers.map((reader) => reader.next()));
    expect(both.webSockets()).toEqual(['/graphql']);
    await both.add('oslo-b', 'shared-1');
    expect(await Promise.all(readers.map((reader) => namesOf(reader, 1)))).toEqual(readers.map(() => ['shared-1']));
    await Promise.all(readers.map((reader) => reader[Symbol.asyncDispose]()));
  });

  test('of a client who opens too many on one socket is refused as at any other tier', async () => {
    using raw = await openReady(both.federation());
    for (let id = 0; id <= perSocket; id += 1) {
      raw.send({ id: `${id}`, type: 'subscribe', payload: { query: machines('many-') } });
    }
    const answers = await Promise.all(Array.from({ length: perSocket + 1 }, () => raw.take()));
    expect(answers.filter(({ type }) => type === 'error')).toMatchObject([
      { payload: [{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }] },
    ]);
  });

  test('goes on at another broker of the site that was lost, without losing or repeating anything', async () => {
    const readers = ['lost-', 'lost-', 'lost-'].map((prefix) =>
      readStream(both.federation(), { query: machines(prefix) }),
    );
    await Promise.all(readers.map((reader) => reader.next()));
    for (const round of [1, 2, 3, 4]) {
      const wanted = ['oslo-a', 'lyon-b', 'oslo-b'].map((installation) => `lost-${round}-${installation}`);
      await both.add('oslo-a', wanted[0]!);
      lost();
      await both.add('lyon-b', wanted[1]!);
      await both.add('oslo-b', wanted[2]!);
      for (const reader of readers) {
        expect((await namesOf(reader, 3)).sort()).toEqual([...wanted].sort());
      }
    }
    expect(both.webSockets()).toEqual(['/graphql']);
    await Promise.all(readers.map((reader) => reader[Symbol.asyncDispose]()));
  });

  test('notices a connection between sites that is dead without having ended', async () => {
    await using reader = readStream(both.federation(), { query: machines('dead-') });
    await reader.next();
    const dead = both.wan.filter(({ webSockets }) => webSockets.length > 0);
    dead.forEach((proxy) => proxy.setFault({ kind: 'half-open' }));
    await both.add('oslo-a', 'dead-1');
    await both.add('oslo-b', 'dead-2');
    expect((await namesOf(reader, 2)).sort()).toEqual(['dead-1', 'dead-2']);
    dead.forEach((proxy) => proxy.setFault({ kind: 'none' }));
  }, 15_000);

  test('goes on after its token at another site, at the same place of every installation', async () => {
    await using reader = readStream(both.federation('lyon'), { query: machines('token-') });
    await reader.next();
    await both.add('lyon-a', 'token-1');
    const { resumeToken: after } = await reader.change();
    await both.add('oslo-a', 'token-2');
    await both.add('lyon-b', 'token-3');
    await using elsewhere = readStream(both.federation('oslo'), { query: machines('token-'), variables: { after } });
    expect((await namesOf(elsewhere, 2)).sort()).toEqual(['token-2', 'token-3']);
  });
});

test('a socket is compressed for another site only', async () => {
  const url = `${both.sites.at('oslo').url}/graphql`;
  using ofClient = await openRaw(url);
  expect(ofClient.socket.extensions).toBe('');
  using ofSite = await openRaw(url, undefined, { headers: { 'sitewide-tier': 'SITE' } });
  expect(ofSite.socket.extensions).toContain('permessage-deflate');
});

describe('the tokens of tiers', () => {
  test('of the federation is good at a site, which reads its own part of it', async () => {
    await using reader = readStream(both.federation(), { query: machines('down-') });
    const { resumeToken: after } = (await reader.next())!;
    await both.add('lyon-a', 'down-1');
    const site = `${both.sites.at('lyon').url}/graphql`;
    await using resumed = readStream(site, { query: machines('down-'), variables: { after } });
    const event = await resumed.change();
    expect(event).toMatchObject({ node: { name: 'down-1' } });
    expect(Object.keys(decodeRevisions(event.resumeToken))).toContain('oslo-a');
  });

  test('of a site is good at the federation, where what it does not name begins with a GAP', async () => {
    const site = `${both.sites.at('oslo').url}/graphql`;
    await using reader = readStream(site, { query: machines('up-') });
    const { resumeToken: after } = (await reader.next())!;
    await both.add('oslo-a', 'up-1');
    await using resumed = readStream(both.federation(), { query: machines('up-'), variables: { after } });
    expect((await namesOf(resumed, 3)).sort()).toEqual([
      'GAP of installation:lyon-a',
      'GAP of installation:lyon-b',
      'up-1',
    ]);
  });
});
