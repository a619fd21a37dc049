import { readFile } from 'node:fs/promises';

// ApolloGateway over plain subgraphs, as it comes. Arguments: the port, and the file with the supergraph.

process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
const [{ ApolloServer }, { startStandaloneServer }, { ApolloGateway }] = await Promise.all([
  import('@apollo/server'),
  import('@apollo/server/standalone'),
  import('@apollo/gateway'),
]);
const [port = '', file = ''] = process.argv.slice(2);
const gateway = new ApolloGateway({ supergraphSdl: await readFile(file, 'utf8') });
const server = new ApolloServer({ gateway });
await startStandaloneServer(server, { listen: { port: Number(port), host: '127.0.0.1' } });
