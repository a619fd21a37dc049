import { afterEach, describe, expect, test } from '@jest/globals';

import { decodeRevisions } from '../../src/core/revision-vector.ts';
import { eventually } from '../contract/eventually.ts';
import { added, type Reader, startStreamSite, type StreamSite } from '../support/stream-site.ts';

// The streams of a site: two installations, of which one is asked in process and the other at one of its two brokers over
// real sockets.

let site: StreamSite;

afterEach(async () => site?.[Symbol.asyncDispose]());

const fields = 'type node { ... on VirtualMachine { name } } source sequence resumeToken';
const inventory = `subscription ($after: String) { inventoryChanged(after: $after) { ${fields} } }`;

const start = async (brokers: Readonly<Record<string, readonly string[]>> = { a: ['a-1'], b: ['b-1', 'b-2'] }) => {
  site = await startStreamSite(brokers);
  return site;
};

const append = (installation: string, ...names: readonly string[]): void =>
  names.forEach((name) => site.installations[installation]!.log.append(added(name)));

/** The names of the next machines; bookmarks are passed over. */
async function names(reader: Reader, count: number): Promise<string[]> {
  const found: string[] = [];
  while (found.length < count) {
    const event = await reader.next();
    if (event?.['type'] !== 'BOOKMARK') {
      found.push(event?.['type'] === 'GAP' ? `GAP of ${event['source']}` : event?.['node'].name);
    }
  }
  return found;
}

const range = (prefix: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `${prefix}${from + at}`);

const of = (prefix: string, all: readonly string[]): string[] => all.filter((name) => name.startsWith(prefix));

describe('a stream of a site', () => {
  test('begins with the places of all installations, and then tells what happens at each', async () => {
    await start();
    const reader = await site.follow(inventory);
    const first = await reader.next();
    expect(first).toMatchObject({ type: 'BOOKMARK', node: null });
    expect(Object.keys(decodeRevisions(first!['resumeToken']))).toEqual(['a', 'b']);
    append('a', 'a1');
    expect(await reader.next()).toMatchObject({ type: 'ADDED', node: { name: 'a1' }, source: 'installation:a' });
    append('b', 'b1');
    const event = await reader.next();
    expect(event).toMatchObject({ type: 'ADDED', node: { name: 'b1' }, source: 'installation:b', sequence: 1 });
    expect(Object.keys(event!).sort()).toEqual(['node', 'resumeToken', 'sequence', 'source', 'type']);
    expect(decodeRevisions(event!['resumeToken'])).toMatchObject({ a: { revision: 1 }, b: { revision: 1 } });
    reader.stop();
  });

  test('goes on after the token of any event, with exactly what followed it', async () => {
    await start();
    const reader = await site.follow(inventory);
    await reader.next();
    append('a', 'a1');
    append('b', 'b1');
    const tokens = [await reader.next(), await reader.next()].map((event) => event!['resumeToken'] as string);
    reader.stop();
    append('a', 'a2');
    append('b', 'b2');
    const all = ['a1', 'b1'];
    for (const [at, after] of tokens.entries()) {
      const resumed = await site.follow(inventory, { variables: { after } });
      const rest = await names(resumed, 3 - at);
      expect(of('a', rest).at(-1)).toBe('a2');
      expect(of('b', rest).at(-1)).toBe('b2');
      expect(new Set(rest).size).toBe(rest.length);
      expect(all.length + 2 - rest.length).toBe(at + 1);
      resumed.stop();
    }
  });

  test('writes its token wherever the client asks for it', async () => {
    await start();
    const reader = await site.follow(`
      subscription { stream: inventoryChanged { one: resumeToken ...more } }
      fragment more on InventoryEvent { two: resumeToken ... @skip(if: true) { three: resumeToken } }`);
    const event = await reader.next();
    expect(Object.keys(event!)).toEqual(['one', 'two']);
    expect(Object.keys(decodeRevisions(event!['one']))).toEqual(['a', 'b']);
    expect(event!['two']).toBe(event!['one']);
    reader.stop();
  });

  test('misses nothing and tells nothing twice when its broker is lost', async () => {
    await start();
    const reader = await site.follow(inventory);
    await reader.next();
    append('b', ...range('b', 1, 50));
    expect(await names(reader, 50)).toEqual(range('b', 1, 50));
    const [lost, other] = ['b-1', 'b-2'].sort((x, y) => (site.installations['b']!.log.readers, x < y ? -1 : 1));
    for (const name of [lost!, other!]) {
      site.proxies[name]!.setFault({ kind: 'reset' });
      append('b', ...range(`${name}.`, 1, 50));
      expect(await names(reader, 50)).toEqual(range(`${name}.`, 1, 50));
      site.proxies[name]!.setFault({ kind: 'none' });
    }
    expect(site.counted).toMatchObject({ gaps: 0, duplicates: 0 });
    expect(site.counted.resumed).toBeGreaterThan(0);
    reader.stop();
  });

  test('notices a broker that hangs', async () => {
    await start();
    const readers = await Promise.all(range('r', 1, 5).map(() => site.follow(inventory)));
    await Promise.all(readers.map((reader) => reader.next()));
    site.proxies['b-1']!.setFault({ kind: 'half-open' });
    append('b', ...range('b', 1, 20));
    const begun = Date.now();
    for (const reader of readers) {
      expect(await names(reader, 20)).toEqual(range('b', 1, 20));
      reader.stop();
    }
    expect(Date.now() - begun).toBeLessThan(8_000);
  }, 20_000);

  test('goes on elsewhere when its broker leaves', async () => {
    await start();
    const reader = await site.follow(inventory);
    await reader.next();
    await site.servers['b-1']![Symbol.asyncDispose]();
    append('b', 'b1');
    expect(await names(reader, 1)).toEqual(['b1']);
    reader.stop();
  });

  test('has room for more subscribers than one socket may have', async () => {
    await start();
    const readers = await Promise.all(range('r', 1, 250).map(() => site.follow(inventory)));
    await Promise.all(readers.map((reader) => reader.next()));
    append('b', 'b1');
    expect(await Promise.all(readers.map((reader) => names(reader, 1)))).toEqual(readers.map(() => ['b1']));
    expect(site.counted.resumed).toBe(0);
    readers.forEach((reader) => reader.stop());
  });

  test('leaves nothing running when its reader is done', async () => {
    await start();
    const reader = await site.follow(inventory);
    await reader.next();
    expect(site.counted.running).toBe(2);
    await reader.iterator!.return?.();
    await eventually(() => {
      expect(site.counted.running).toBe(0);
      expect(site.installations['a']!.log.readers).toBe(0);
      expect(site.installations['b']!.log.readers).toBe(0);
    });
  });

  test('tells a source whose changes are no longer kept by a GAP', async () => {
    await start();
    const reader = await site.follow(inventory);
    const { resumeToken: after } = (await reader.next())!;
    reader.stop();
    append('b', 'b1');
    site.installations['b']!.log.truncate();
    const resumed = await site.follow(inventory, { variables: { after } });
    expect(await names(resumed, 1)).toEqual(['GAP of installation:b']);
    append('b', 'b2');
    expect(await names(resumed, 1)).toEqual(['b2']);
    resumed.stop();
  });
});

describe('a stream while the site changes', () => {
  test('begins to follow an installation that joins, with a GAP, and goes on after it has been away', async () => {
    await start();
    site.membership.adopt(site.siteOf(['a-1']));
    const reader = await site.follow(inventory);
    await reader.next();
    append('b', 'b1');
    site.membership.adopt(site.siteOf());
    expect(await names(reader, 1)).toEqual(['GAP of installation:b']);
    append('b', 'b2');
    expect(await names(reader, 1)).toEqual(['b2']);
    site.membership.adopt(site.siteOf(['a-1']));
    append('b', 'b3');
    append('a', 'a1');
    const event = await reader.next();
    expect(event).toMatchObject({ node: { name: 'a1' } });
    expect(decodeRevisions(event!['resumeToken'])).toMatchObject({ b: { revision: 2 } });
    site.membership.adopt(site.siteOf());
    expect(await names(reader, 1)).toEqual(['b3']);
    reader.stop();
  });

  test('moves to another broker when its own leaves the site', async () => {
    await start();
    const reader = await site.follow(inventory);
    await reader.next();
    for (const left of ['b-1', 'b-2']) {
      site.membership.adopt(site.siteOf(['a-1', left]));
      append('b', left);
      expect(await names(reader, 1)).toEqual([left]);
    }
    reader.stop();
  });
});

describe('a stream that begins', () => {
  test('begins without an installation that is away, which comes later with a GAP', async () => {
    await start({ a: ['a-1'], b: ['b-1'] });
    site.proxies['b-1']!.setFault({ kind: 'reset' });
    const reader = await site.follow(inventory);
    const { value: first } = await reader.result();
    expect(Object.keys(decodeRevisions(first.data.inventoryChanged.resumeToken))).toEqual(['a']);
    expect(first.extensions.coverage.inventoryChanged).toMatchObject({
      complete: false,
      sources: [
        { id: 'installation:a', status: 'OK', message: null },
        { id: 'installation:b', status: 'UNREACHABLE', message: expect.any(String) },
      ],
    });
    append('a', 'a1');
    expect((await reader.result()).value).not.toHaveProperty('extensions');
    append('b', 'b1');
    site.proxies['b-1']!.setFault({ kind: 'none' });
    expect(await names(reader, 1)).toEqual(['GAP of installation:b']);
    reader.stop();
  });

  test('begins without one that is slow to answer, which comes with a GAP, as what it told nobody meanwhile is missed', async () => {
    await start();
    site.installations['b']!.log.know(false);
    const reader = await site.follow(inventory);
    expect(Object.keys(decodeRevisions((await reader.next())!['resumeToken']))).toEqual(['a']);
    append('b', 'b1');
    site.installations['b']!.log.know(true);
    expect(await names(reader, 1)).toEqual(['GAP of installation:b']);
    append('b', 'b2');
    expect(await names(reader, 1)).toEqual(['b2']);
    reader.stop();
  });

  test('is refused without it if the client wants all', async () => {
    await start({ a: ['a-1'], b: ['b-1'] });
    site.proxies['b-1']!.setFault({ kind: 'reset' });
    await expect(site.follow(inventory, { wanted: { require: 'ALL' } })).rejects.toMatchObject({
      code: 'COVERAGE_NOT_MET',
    });
    await eventually(() => expect(site.counted.running).toBe(0));
  });

  test('is refused if nobody can be reached', async () => {
    await start({ a: ['a-1'], b: ['b-1'] });
    site.proxies['b-1']!.setFault({ kind: 'half-open' });
    const wanted = { sources: ['installation:b'] };
    await expect(site.follow(inventory, { wanted, timeoutMs: 1_000 })).rejects.toMatchObject({
      code: 'NO_SOURCE_ANSWERED',
    });
  });

  test('is refused for a token that is none, a source that is not there, and what a source refuses', async () => {
    await start();
    await expect(site.follow(inventory, { variables: { after: 'x' } })).rejects.toMatchObject({
      code: 'REVISION_INVALID',
    });
    await expect(site.follow(inventory, { wanted: { sources: ['installation:c'] } })).rejects.toMatchObject({
      code: 'UNKNOWN_SOURCE',
    });
  });

  test('asks only the sources that its filter leaves', async () => {
    await start();
    const reader = await site.follow(`subscription {
      inventoryChanged(types: [VIRTUAL_MACHINE], filter: { virtualMachine: { installation: { eq: "b" } } }) { ${fields} }
    }`);
    await reader.next();
    expect(site.counted.running).toBe(1);
    append('a', 'a1');
    append('b', 'b1');
    expect(await names(reader, 1)).toEqual(['b1']);
    reader.stop();
  });
});

describe('a reader who is slow', () => {
  test('fills no memory, and gets everything in the end', async () => {
    await start();
    const reader = await site.follow(inventory);
    await reader.next();
    for (const installation of ['a', 'b']) {
      append(installation, ...range(installation, 1, 2_000));
    }
    await eventually(() => expect(site.installations['b']!.log.readers).toBe(0));
    const found = new Set<string>();
    while (!found.has('a2000') || !found.has('b2000')) {
      found.add((await names(reader, 1))[0]!);
    }
    expect(found.size).toBe(4_000);
    reader.stop();
  }, 30_000);
});
