import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { Pool } from 'undici';

import { fields } from '../sources.ts';

// What any gateway that merges has to do at least, by hand: ask, JSON.parse, merge by name, JSON.stringify. With `floor` it only
// puts the bytes of the answers one after the other.
// Arguments: the port, `limit` or `floor`, and the addresses of the plain subgraphs.

const [port = '', kind = '', ...urls] = process.argv.slice(2);
const pools = urls.map((url) => new Pool(url, { connections: 16 }));

interface Row {
  readonly name: string;
}

async function ask(pool: Pool, at: number, first: number): Promise<Buffer> {
  const { body } = await pool.request({
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ rows${at + 1}(first: ${first}) { ${fields} } }` }),
  });
  return Buffer.from(await body.arrayBuffer());
}

/** The first so many of all lists, each of which is in order. */
function merge(lists: readonly (readonly Row[])[], first: number): Row[] {
  const places = lists.map(() => 0);
  const merged: Row[] = [];
  while (merged.length < first) {
    let least = -1;
    for (let at = 0; at < lists.length; at += 1) {
      const row = lists[at]![places[at]!];
      if (row !== undefined && (least < 0 || row.name < lists[least]![places[least]!]!.name)) least = at;
    }
    if (least < 0) break;
    merged.push(lists[least]![places[least]!]!);
    places[least]! += 1;
  }
  return merged;
}

createServer((asked, answer) => {
  void buffer(asked).then(async (body) => {
    const first = Number(/first:\s*(\d+)/.exec(body.toString('latin1'))![1]);
    const parts = await Promise.all(pools.map((pool, at) => ask(pool, at, first)));
    const text =
      kind === 'floor' ? Buffer.concat(parts) : Buffer.from(JSON.stringify({ data: { rows: mergeAll(parts, first) } }));
    answer.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
    answer.end(text);
  });
}).listen(Number(port), '127.0.0.1');

function mergeAll(parts: readonly Buffer[], first: number): Row[] {
  const lists = parts.map(
    (part, at) => (JSON.parse(part.toString()) as { data: Record<string, Row[]> }).data[`rows${at + 1}`]!,
  );
  return merge(lists, first);
}
