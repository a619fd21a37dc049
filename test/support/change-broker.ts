import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, getOperationAST, GraphQLSchema, parse, validate } from 'graphql';

import { systemClock } from '../../src/core/clock.ts';
import { createDeadline } from '../../src/core/deadline.ts';
import { baseSdl } from '../../src/core/sdl.ts';
import { openTrace } from '../../src/core/trace.ts';
import { readCoverage } from '../../src/http/coverage-directive.ts';
import type { Coverage } from '../../src/model/coverage.ts';
import { anonymous } from '../../src/model/principal.ts';
import type { RequestContext } from '../../src/model/request.ts';

// A broker of an installation for tests of the tiers above: the base schema over HTTP, with resolvers that the test gives,
// or an installation's own subgraph. Several may share them, as equivalent brokers share a database.

/** What a broker was asked. */
export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
}

/** What a broker does with a request: answers it, hangs up before or after it has carried it out, or never answers. */
export type Behaviour = 'answer' | 'die-before' | 'die-after' | 'hang';

/** A running broker. */
export interface ChangeBroker extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
  behaviour: Behaviour | ((asked: Asked) => Behaviour);
}

/** Resolvers by type and field, as graphql-js takes them from a root value or an object's own functions. */
export type Root = Readonly<Record<string, (args: never) => unknown>>;

/** The base schema, whose resolvers are functions of the objects themselves. */
export const baseSchema: GraphQLSchema = buildSubgraphSchema(parse(baseSdl));
baseSchema.getQueryType()!.getFields()['_entities']!.resolve = undefined!;

/** Starts a broker of this installation. What it is asked has to be valid. */
export async function startChangeBroker(installation: string, served: Root | GraphQLSchema): Promise<ChangeBroker> {
  const asked: Asked[] = [];
  const broker = { behaviour: 'answer' as ChangeBroker['behaviour'] };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { query, variables } = JSON.parse(Buffer.concat(parts).toString('utf8')) as Asked;
      const one = { query, variables, headers: request.headers };
      asked.push(one);
      const behaviour = typeof broker.behaviour === 'function' ? broker.behaviour(one) : broker.behaviour;
      void answer(response, { ...one, behaviour, installation, served });
    });
  });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    get behaviour() {
      return broker.behaviour;
    },
    set behaviour(value) {
      broker.behaviour = value;
    },
    [Symbol.asyncDispose]: () => close(server),
  };
}

interface Answering extends Asked {
  readonly behaviour: Behaviour;
  readonly installation: string;
  readonly served: Root | GraphQLSchema;
}

async function answer(response: ServerResponse, asked: Answering): Promise<void> {
  const { behaviour, installation } = asked;
  if (behaviour === 'hang') {
    return;
  }
  if (behaviour === 'die-before') {
    response.destroy();
    return;
  }
  const body = await execution(asked);
  if (behaviour === 'die-after') {
    response.destroy();
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.setHeader('sitewide-installation', installation);
  response.end(JSON.stringify(body));
}

async function execution({ served, query, variables }: Answering): Promise<object> {
  const [schema, rootValue] = served instanceof GraphQLSchema ? [served, undefined] : [baseSchema, served];
  const document = parse(query);
  const errors = validate(schema, document);
  if (errors.length > 0) {
    return { errors };
  }
  using deadline = createDeadline({ clock: systemClock, timeoutMs: 5_000 });
  const operation = getOperationAST(document)!;
  const { wanted } = readCoverage({ schema, operation, variables, maximumMs: 60_000 });
  const coverage = new Map<string, Coverage>();
  const contextValue: RequestContext = {
    requestId: 'r',
    trace: openTrace({}, Math.random),
    deadline,
    principal: anonymous,
    wanted,
    coverage,
  };
  const result = await execute({ schema, document, rootValue, variableValues: variables, contextValue });
  return { ...result, extensions: { coverage: Object.fromEntries(coverage) } };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  if (server.listening) {
    server.close();
    await once(server, 'close');
  }
}
