import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// What an installation is measured against. Arguments: the port, which one, the file with the rows, and where mercurius is
// installed. `limit` writes ready objects with JSON.stringify and does nothing else; the others are GraphQL servers over the
// same objects, as they come.

const [port = '', kind = '', file = '', folder = ''] = process.argv.slice(2);
const rows = JSON.parse(await readFile(file, 'utf8')) as readonly object[];

const typeDefs = `
  type Query { virtualMachines(first: Int!): Connection! }
  type Connection { nodes: [VirtualMachine!]! totalCount: Int! }
  type VirtualMachine {
    id: ID! name: String powerState: String cpuCount: Int memoryMiB: Int guestOs: String host: Host
    installation: Installation ipAddresses: [String!] labels: [Label!]
  }
  type Host { name: String }
  type Installation { localId: String }
  type Label { key: String value: String }`;

const list = (first: number): object => ({ nodes: rows.slice(0, first), totalCount: rows.length });
const resolvers = { Query: { virtualMachines: (_: unknown, { first }: { first: number }) => list(first) } };

/** As much of it as is used. */
interface Fastify {
  register(plugin: unknown, options: object): void;
  listen(options: object): Promise<unknown>;
}

switch (kind) {
  case 'limit':
    createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () => {
        const { query } = JSON.parse(body) as { query: string };
        const data = { virtualMachines: list(Number(/first:\s*(\d+)/.exec(query)![1])) };
        const bytes = Buffer.from(JSON.stringify({ data }));
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
      });
    }).listen(Number(port), '127.0.0.1');
    break;
  case 'apollo': {
    const [{ ApolloServer }, { startStandaloneServer }] = await Promise.all([
      import('@apollo/server'),
      import('@apollo/server/standalone'),
    ]);
    const server = new ApolloServer({ typeDefs, resolvers });
    await startStandaloneServer(server, { listen: { port: Number(port), host: '127.0.0.1' } });
    break;
  }
  case 'mercurius': {
    const load = async (path: string): Promise<unknown> =>
      ((await import(pathToFileURL(join(folder, 'node_modules', path)).href)) as { default: unknown }).default;
    const fastify = ((await load('fastify/fastify.js')) as () => Fastify)();
    fastify.register(await load('mercurius/index.js'), { schema: typeDefs, resolvers, jit: 1 });
    await fastify.listen({ port: Number(port), host: '127.0.0.1' });
    break;
  }
  default:
    throw new Error(`There is no "${kind}".`);
}
