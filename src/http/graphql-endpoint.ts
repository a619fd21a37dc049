import type { IncomingMessage, ServerResponse } from 'node:http';

import { HeaderMap } from '@apollo/server';
import type { ApolloServer, HTTPGraphQLRequest } from '@apollo/server';

import { SitewideError } from '../core/errors.ts';
import type { Tier } from '../model/coverage.ts';
import { refuseDeepNesting } from './nesting.ts';
import { readJsonBody } from './read-body.ts';
import type { HttpRequestContext } from './request-context.ts';

// GraphQL over HTTP: from the request to Apollo Server and back (https://graphql.github.io/graphql-over-http/).

/** A path that answers GraphQL. */
export interface GraphQLEndpoint {
  readonly path: string;
  readonly tier: Tier;
  /** What executes the operations, or the choice of it by the text of the operation. Already started. */
  readonly apollo: ApolloServer<HttpRequestContext> | ((query: string) => ApolloServer<HttpRequestContext>);
}

interface GraphQLRequestOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly context: HttpRequestContext;
  readonly limitBytes: number;
}

/**
 * Answers one GraphQL request.
 * @throws SitewideError if the request cannot be read; errors of the operation are part of the answer.
 */
export async function answerGraphQL(endpoint: GraphQLEndpoint, options: GraphQLRequestOptions): Promise<void> {
  const { request, response, url, context, limitBytes } = options;
  const method = request.method ?? '';
  if (method !== 'GET' && method !== 'POST') {
    response.setHeader('allow', 'GET, POST');
    throw new SitewideError('METHOD_NOT_ALLOWED', { method, path: endpoint.path, allowed: 'GET, POST' });
  }
  const body = method === 'POST' ? await readJsonBody(request, limitBytes) : undefined;
  const query = queryOf(body, url);
  refuseDeepNesting(query);
  const apollo = typeof endpoint.apollo === 'function' ? endpoint.apollo(query) : endpoint.apollo;
  const httpGraphQLRequest: HTTPGraphQLRequest = { method, headers: headersOf(request), search: url.search, body };
  const answer = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: async () => context });
  if (answer.body.kind === 'complete') {
    const bytes = Buffer.from(answer.body.string, 'utf8');
    response.writeHead(answer.status ?? 200, { ...Object.fromEntries(answer.headers), 'content-length': bytes.length });
    response.end(bytes);
    return;
  }
  response.writeHead(answer.status ?? 200, Object.fromEntries(answer.headers));
  for await (const chunk of answer.body.asyncIterator) {
    response.write(chunk);
  }
  response.end();
}

function queryOf(body: unknown, url: URL): string {
  const query =
    typeof body === 'object' && body !== null && 'query' in body ? body.query : url.searchParams.get('query');
  return typeof query === 'string' ? query : '';
}

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) {
      headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    }
  }
  return headers;
}
