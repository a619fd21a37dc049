import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import { request } from 'undici';
import { WebSocketServer } from 'ws';

import { startBroker } from '../../../src/commands/broker.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { conduitProtocol } from '../../../src/core/conduit.ts';
import { startSimulator } from '../../../src/drivers/simulator/server.ts';
import { openConduit } from '../../../src/http/conduit-session.ts';
import { silentLogger } from '../../../src/telemetry/logger.ts';
import { eventually } from '../../contract/eventually.ts';
import { findFreePorts } from '../../support/free-ports.ts';

// What gateways are measured against: installations with the same machines, once as brokers of ours and once as plain subgraphs.
// Both say what they said the first time they were asked, from memory, so that it is the gateway that is measured.

/** The fields of a row. */
export const fields =
  'id name powerState cpuCount memoryMiB guestOs host { name } installation { localId } ipAddresses labels { key value }';

/** Sources that run. Disposing ends them. */
export interface Sources extends AsyncDisposable {
  readonly installations: readonly string[];
  /** The site as its brokers know it, with one more installation for the gateway, which has no machines. */
  readonly site: object;
  /** Where that broker comes in. */
  readonly ownPort: number;
  /** The simulator of that installation. */
  readonly ownSimulator: string;
  /** A plain subgraph for each installation: `rowsN(first:)` with the same rows in the order of their names. */
  readonly plainUrls: readonly string[];
  /** A subgraph of an operator that nobody asks; with it every operation is planned. */
  readonly foreignUrl: string;
  /** Ids of machines, of each installation in turn. */
  readonly ids: readonly string[];
}

/** Starts so many installations with so many machines each. */
export async function startSources(count: number, vms: number): Promise<Sources> {
  await using started = new AsyncDisposableStack();
  const installations = Array.from({ length: count }, (_, at) => `a${at + 1}`);
  const ownPort = await freePort();
  const brokers = await Promise.all(
    installations.map(async (id) => {
      const behind = await freePort();
      const front = await serve(started, createReplay(id, `http://127.0.0.1:${behind}`));
      return { id, behind, front };
    }),
  );
  const site = {
    id: 'bench',
    installations: [
      { id: 'own', brokers: [{ id: 'own-1', url: `http://127.0.0.1:${ownPort}` }] },
      ...brokers.map(({ id, front }) => ({ id, brokers: [{ id: `${id}-1`, url: front }] })),
    ],
  };
  const simulate = async (installation: string, machines: number): Promise<string> => {
    const simulator = await startSimulator({ installation, vms: machines, port: 0, usageIntervalMs: 0 });
    started.defer(() => simulator.close());
    return simulator.url;
  };
  const rows: Row[][] = [];
  for (const { id, behind } of brokers) {
    const driver = { kind: 'simulator', url: await simulate(id, vms) };
    const config = { site, installation: id, broker: `${id}-1`, listen: { port: behind }, driver };
    const options = { clock: systemClock, random: Math.random, newId: randomUUID, logger: silentLogger };
    started.use(await startBroker(parseConfig(JSON.stringify(config), { file: 'bench.yml' }), options));
    rows.push(await eventually(() => readRows(`http://127.0.0.1:${behind}/installation/graphql`), 30_000));
  }
  const plainUrls = await Promise.all(rows.map((own, at) => serve(started, createPlain(at + 1, own))));
  const ids = Array.from({ length: 100 }, (_, at) => rows[at % count]![Math.floor(at / count)]!.id);
  const ownSimulator = await simulate('own', 0);
  const foreignUrl = await serve(started, createForeign());
  const everything = started.move();
  return {
    ...{ installations, site, ownPort, ownSimulator, plainUrls, foreignUrl, ids },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

interface Row {
  readonly id: string;
}

async function readRows(url: string): Promise<Row[]> {
  const { body } = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ virtualMachines(first: 1000) { nodes { ${fields} } } }` }),
  });
  const { data } = (await body.json()) as { data: { virtualMachines: { nodes: Row[] } } | null };
  return data!.virtualMachines.nodes;
}

let nextPort = 0;

/** One after the other, since none of them is taken yet. */
async function freePort(): Promise<number> {
  nextPort = nextPort === 0 ? await findFreePorts(100) : nextPort + 1;
  return nextPort;
}

async function serve(started: AsyncDisposableStack, server: Server): Promise<string> {
  // No gateway keeps connections for longer.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  started.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Kept {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface AskedOfReplay {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Asks once what it is asked, and says the same from then on, over HTTP as over conduits. */
function createReplay(id: string, behind: string): Server {
  const kept = new Map<string, Kept>();
  const named = ['accept', 'sitewide-tier', 'sitewide-sources', 'sitewide-at-least', 'sitewide-batch'];
  const find = async ({ method = '', url = '', headers: all }: AskedOfReplay, body: Buffer): Promise<Kept> => {
    const headers = Object.fromEntries(named.flatMap((name) => (all[name] ? [[name, String(all[name])]] : [])));
    const key = JSON.stringify([method, url, headers, body.toString('latin1')]);
    const found = kept.get(key) ?? (await fetchKept(`${behind}${url}`, method, headers, body));
    if (method === 'POST' && found.status === 200 && !found.body.includes('"errors":')) kept.set(key, found);
    return found;
  };
  const server = createServer((asked, answer) => {
    const say = async (body: Buffer): Promise<void> => {
      const found = await find(asked, body);
      // Node adds some by itself that a broker has taken out.
      answer.sendDate = found.headers['date'] !== undefined;
      if (found.headers['connection'] === undefined) answer.removeHeader('connection');
      answer.writeHead(found.status, { ...found.headers, 'content-length': found.body.length });
      answer.end(found.body);
    };
    // A broker that is not there yet.
    buffer(asked)
      .then(say)
      .catch(() => answer.writeHead(503).end());
  });
  const sockets = new WebSocketServer({
    noServer: true,
    autoPong: false,
    perMessageDeflate: false,
    handleProtocols: (offered) => offered.has(conduitProtocol) && conduitProtocol,
  });
  sockets.on('headers', (lines: string[]) => void lines.push(`sitewide-installation: ${id}`));
  server.on('upgrade', (request, connection, head) => {
    sockets.handleUpgrade(request, connection, head, (socket) => {
      openConduit(socket, {
        clock: systemClock,
        timeouts: { stallMs: 10_000, pingMs: 10_000 },
        async answer(asked) {
          const found = await find({ headers: asked.headers, method: 'POST', url: request.url }, asked.body);
          await asked.reply(found);
        },
        onStall: () => undefined,
      });
    });
  });
  return server;
}

async function fetchKept(url: string, method: string, headers: object, asked: Buffer): Promise<Kept> {
  const response = await request(url, {
    method: method as 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: method === 'POST' ? asked : null,
  });
  const body = Buffer.from(await response.body.arrayBuffer());
  const entries = Object.entries(response.headers).filter(([name]) =>
    /^(content-type|date|connection|keep-alive|sitewide-)/.test(name),
  );
  return { status: response.statusCode, headers: Object.fromEntries(entries) as Kept['headers'], body };
}

/** The value of the argument `first`, which some gateways make a variable of. */
function firstOf(body: Buffer): number {
  const text = body.toString('latin1');
  const [, value = '0', name] = /first:\s*(\d+|\$(\w+))/.exec(text) ?? [];
  return name === undefined ? Number(value) : Number(new RegExp(`"${name}":\\s*(\\d+)`).exec(text)![1]);
}

/** Answers every question for `rowsN(first:)` with that many rows, whatever else is in it. */
function createPlain(number: number, rows: readonly Row[]): Server {
  const kept = new Map<number, Buffer>();
  return createServer((asked, answer) => {
    void buffer(asked).then((body) => {
      const first = firstOf(body);
      const text =
        kept.get(first) ?? Buffer.from(JSON.stringify({ data: { [`rows${number}`]: rows.slice(0, first) } }));
      kept.set(first, text);
      answer.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
      answer.end(text);
    });
  });
}

function createForeign(): Server {
  const sdl = `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { nothing: String }`;
  return createServer((asked, answer) => {
    asked.resume();
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.end(JSON.stringify({ data: { _service: { sdl } } }));
  });
}

/** The schema of a plain subgraph, whose types are its own. */
export function plainSdl(number: number): string {
  return `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { rows${number}(first: Int!): [Row${number}!]! }
    type Row${number} {
      id: ID! name: String powerState: String cpuCount: Int memoryMiB: Int guestOs: String host: Host${number}
      installation: Installation${number} ipAddresses: [String!] labels: [Label${number}!]
    }
    type Host${number} { name: String }
    type Installation${number} { localId: String }
    type Label${number} { key: String value: String }`;
}

/** What is asked of a gateway over plain subgraphs. */
export function plainQuery(count: number, first: number): string {
  const parts = Array.from({ length: count }, (_, at) => `rows${at + 1}(first: ${first}) { ${fields} }`);
  return `{ ${parts.join(' ')} }`;
}
