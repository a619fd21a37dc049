import type { ServerResponse } from 'node:http';

import { GraphQLError } from 'graphql';

import type { SitewideError } from '../core/errors.ts';

// Answers that are not the result of a GraphQL operation, all in JSON.

/** Sends a JSON value. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value);
  // With its length known it leaves in one piece instead of chunks.
  const length = Buffer.byteLength(text);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': length });
  response.end(text);
}

/** Sends an error as the whole answer, in the shape of a GraphQL result. */
export function sendError(response: ServerResponse, error: SitewideError): void {
  sendJson(response, error.status, resultOf(error));
}

/** The error in the shape of a GraphQL result. */
export function resultOf({ message, extensions }: SitewideError): object {
  return { errors: [{ message, extensions }] };
}

/** The error as graphql-js and Apollo Server want it, so that it answers with its own HTTP status. */
export function asGraphQLError(error: SitewideError): GraphQLError {
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: { ...error.extensions, http: { status: error.status } },
  });
}
