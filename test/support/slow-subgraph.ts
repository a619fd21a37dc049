import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

// A subgraph of an operator that takes its time, and remembers with which headers it was asked.

const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  type Query { sleepy: String }
`;

/** A running subgraph. */
export interface SlowSubgraph extends AsyncDisposable {
  readonly url: string;
  /** Of each question so far. */
  readonly asked: readonly IncomingHttpHeaders[];
  /** How many questions wait for their answer. */
  readonly waiting: number;
  /** Answers at once from now on, or never. */
  answers: boolean;
}

/** Starts it. Its schema has one field of its own, `sleepy`. */
export async function startSlowSubgraph(): Promise<SlowSubgraph> {
  const asked: IncomingHttpHeaders[] = [];
  let waiting = 0;
  const subgraph = { answers: true };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { query } = JSON.parse(Buffer.concat(parts).toString('utf8')) as { query: string };
      const send = (data: unknown): void => void response.end(JSON.stringify({ data }));
      response.setHeader('content-type', 'application/json');
      if (query.includes('_service')) {
        send({ _service: { sdl } });
        return;
      }
      asked.push(request.headers);
      if (subgraph.answers) {
        send({ sleepy: 'awake' });
        return;
      }
      waiting += 1;
      response.once('close', () => (waiting -= 1));
    });
  });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    asked,
    get waiting() {
      return waiting;
    },
    get answers() {
      return subgraph.answers;
    },
    set answers(value) {
      subgraph.answers = value;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
