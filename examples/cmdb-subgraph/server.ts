import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';

// A configuration management database as a subgraph of its own: it knows who owns a machine and who pays for it, and
// nothing else. Its data is made up from the machine's id, so that every start gives the same answers. It shows how to
// extend VirtualMachine; it keeps nothing and knows no other subgraph.

interface CostCentre {
  readonly code: string;
  readonly name: string;
}

interface MachineReference {
  readonly id: string;
}

const costCentres: readonly CostCentre[] = [
  { code: 'CC-1001', name: 'Web shop' },
  { code: 'CC-1002', name: 'Logistics' },
  { code: 'CC-1003', name: 'Research' },
  { code: 'CC-1004', name: 'Office' },
];
const owners = ['ada', 'barbara', 'edsger', 'grace', 'john', 'leslie', 'margaret'] as const;

const resolvers = {
  Query: {
    costCentres: () => costCentres,
    machinesOf: (
      _: unknown,
      { costCentre, among }: { readonly costCentre: string; readonly among: readonly string[] },
    ) => among.filter((id) => costCentreOf(id).code === costCentre).map((id) => ({ id })),
  },
  VirtualMachine: {
    owner: ({ id }: MachineReference) => owners[numberOf(`owner of ${id}`) % owners.length],
    costCentre: ({ id }: MachineReference) => costCentreOf(id).code,
  },
};

/** A running server. */
export interface Cmdb {
  /** Where it answers GraphQL requests. */
  readonly url: string;
  /** Finishes what is under way and ends. */
  close(): Promise<void>;
}

/** Starts the subgraph. Port 0 is any free one. */
export async function startCmdb({ port, host }: { readonly port: number; readonly host: string }): Promise<Cmdb> {
  const typeDefs = parse(readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'));
  const schema = buildSubgraphSchema({ typeDefs, resolvers });
  // The program below ends it on signals, with exit code 0; Apollo Server by itself would die of the signal again.
  // Nobody reads traces here, and the notice that they are on would precede the line that says where it answers.
  const server = new ApolloServer({
    schema,
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(server, { listen: { port, host } });
  return { url, close: () => server.stop() };
}

function costCentreOf(id: string): CostCentre {
  return costCentres[numberOf(`cost centre of ${id}`) % costCentres.length]!;
}

/** The same text gives the same number, and similar texts give unlike ones. */
function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE();
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '4900' }, host: { type: 'string', default: '127.0.0.1' } },
  });
  const cmdb = await startCmdb({ port: Number(values.port), host: values.host });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cmdb.close());
  }
  console.log(`cmdb ready ${cmdb.url}`);
}
