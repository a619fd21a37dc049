import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

import { HeaderMap } from '@apollo/server';
import type { ApolloServer, HTTPGraphQLRequest } from '@apollo/server';

import { SitewideError } from '../core/errors.ts';
import { isObject } from '../core/is-object.ts';
import { createJsonSplicer } from '../core/json-splicer.ts';
import { release } from '../core/release.ts';
import type { Tier } from '../model/coverage.ts';
import type { FramesHead } from '../rows/frames.ts';
import type { Visit } from './admission.ts';
import type { Documents } from './documents.ts';
import type { Introspection } from './introspection.ts';
import { linkAnswer } from './link-answer.ts';
import { refuseDeepNesting } from './nesting.ts';
import { decodeBody, parseJsonBody, readJsonBytes } from './read-body.ts';
import { encodeAnswer, type ReadyAnswer } from './ready-answer.ts';
import type { HttpRequestContext } from './request-context.ts';
import { answerOfRows, answerOfStream, rowsTakenBy, type RowsTaken, type StreamPlaces } from './row-answer.ts';
import type { RepeatedQuestions, SentAnswer } from './repeated-questions.ts';
import { questionKey, type SharedAnswers } from './shared-answers.ts';
import type { DocumentLimits } from './subscription-document.ts';
import type { SubscriptionExecutor } from './subscription-executor.ts';
import { anyDocument, completeSearch, type TrustedDocuments } from './trusted-documents.ts';
import { endAnswer, type Pace, writeAnswer, writeChunk } from './write-answer.ts';

// GraphQL over HTTP: from the request to Apollo Server and back (https://graphql.github.io/graphql-over-http/).

/** A path that answers GraphQL. */
export interface GraphQLEndpoint {
  readonly path: string;
  readonly tier: Tier;
  /** What executes the operations, or the choice of it by the text of the operation. Already started. */
  readonly apollo: ApolloServer<HttpRequestContext> | ((query: string) => ApolloServer<HttpRequestContext>);
  /** The texts that brokers of other sites refer to. Without it they have to send them. */
  readonly documents?: Documents;
  /** Whose rows are sent to who takes them. Without it all is GraphQL's own JSON. */
  readonly rows?: FramesHead;
  /** What executes its subscriptions, which come over WebSockets only. Without it there are none. */
  readonly subscriptions?: Subscriptions;
}

/** How a path answers subscriptions. */
interface Subscriptions {
  readonly executor: SubscriptionExecutor;
  readonly limits: DocumentLimits;
  /** What a tier above may ask, which adds to what its clients ask; absent if there is none above. */
  readonly partLimits?: DocumentLimits;
  /** To whom the schema is shown; to everybody if it is absent. */
  readonly introspection?: Introspection;
}

/** A request for a result, whatever it came over. */
export interface GraphQLRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: IncomingHttpHeaders;
  /** What comes after the path of its address, with a question mark; empty for nothing. */
  readonly search: string;
  /** Its body. @throws SitewideError if it is too large or no JSON, or the signal's reason. */
  readonly readBody: (limitBytes: number, signal: AbortSignal) => Promise<Buffer>;
}

interface ExecuteOptions {
  readonly asked: GraphQLRequest;
  readonly context: HttpRequestContext;
  readonly visit: Visit;
  readonly trusted: TrustedDocuments;
  readonly limitBytes: number;
  readonly places: StreamPlaces;
  readonly shared: SharedAnswers;
  readonly repeated: RepeatedQuestions;
}

interface AnswerOptions extends Omit<ExecuteOptions, 'asked'> {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly pace: Pace;
}

/**
 * Answers one GraphQL request over HTTP.
 * @throws SitewideError if the request cannot be read or gets no place; errors of the operation are part of the answer.
 */
export async function answerGraphQL(endpoint: GraphQLEndpoint, options: AnswerOptions): Promise<void> {
  const { request, response, url, visit, pace } = options;
  const method = request.method ?? '';
  if (method !== 'GET' && method !== 'POST') {
    response.setHeader('allow', 'GET, POST');
    throw new SitewideError('METHOD_NOT_ALLOWED', { method, path: endpoint.path, allowed: 'GET, POST' });
  }
  const { headers: sent } = request;
  const readBody: GraphQLRequest['readBody'] = (limitBytes, signal) => readJsonBytes(request, limitBytes, signal);
  const asked = { method, headers: sent, search: url.search, readBody } as const;
  const executed = await executeGraphQL(endpoint, { ...options, asked });
  const answer = await encodeAnswer(executed, { headers: sent, tier: endpoint.tier });
  const { status, headers, body } = answer;
  dropHeaders(response, answer.unneeded);
  if ('length' in body) {
    visit.finish(body.length);
    response.writeHead(status, { ...headers, 'content-length': body.length });
    await writeAnswer(response, body, pace);
    if (!answer.isShared) {
      release(body);
    }
    return;
  }
  // What is streamed is made as its reader takes it, and holds nothing.
  visit.finish(0);
  response.writeHead(status, headers);
  for await (const chunk of body) {
    await writeChunk(response, chunk, pace);
  }
  await endAnswer(response, '', pace);
}

/** Takes from an answer what is not needed by brokers, who stay connected unless told otherwise. */
function dropHeaders(response: ServerResponse, names: readonly string[] | undefined): void {
  if (names === undefined) {
    return;
  }
  response.sendDate = false;
  for (const name of names) {
    response.removeHeader(name);
  }
  if (!response.hasHeader('connection')) {
    // Node would add two lines that say what is so anyway.
    response.removeHeader('connection');
  }
}

/** The answer to one GraphQL request. Throws the same. */
export async function executeGraphQL(endpoint: GraphQLEndpoint, options: ExecuteOptions): Promise<ReadyAnswer> {
  const { asked, context, visit, limitBytes } = options;
  const { method, headers } = asked;
  const { signal } = context.deadline;
  if (context.link) {
    // Over a link nothing else is sent, so that it is not said each time.
    headers['content-type'] ??= 'application/json';
  }
  const bytes = method === 'POST' ? await asked.readBody(limitBytes, signal) : null;
  await visit.begin(signal);
  const given = bytes === null ? undefined : parseJsonBody(await decodeBody(bytes, headers, limitBytes));
  const keeper = context.link && endpoint.documents;
  // Another broker asks for its clients, whose documents it has looked at itself.
  const trusted = context.isPart ? anyDocument : options.trusted;
  const sent = isObject(given) ? trusted.complete(given) : given;
  const body = keeper ? keeper.complete(sent, context.link.document) : sent;
  const search = method === 'GET' ? completeSearch(asked.search, trusted) : '';
  const query = queryOf(body, search);
  refuseDeepNesting(query);
  const { rows: head } = endpoint;
  const taken = head ? rowsTakenBy(headers, head.schema) : null;
  if (taken && endpoint.tier === 'INSTALLATION' && taken.framing === 'frames') {
    context.rows = { batch: taken.batch, answer: null };
  } else if (taken?.isStream && endpoint.tier !== 'INSTALLATION') {
    context.streaming = { framing: taken.framing, stream: null };
  }
  const leave = context.streaming ? options.places.take() : null;
  const question = { path: endpoint.path, headers, query, sent: [body, search] };
  const key = endpoint.tier === 'INSTALLATION' ? null : questionKey(context, question);
  return options.shared.answer(key, context, () =>
    perform(endpoint, options, { body, search, query, leave, taken, isKept: keeper !== undefined && sent === body }),
  );
}

/** A request that has been read. */
interface Performing {
  readonly body: unknown;
  readonly search: string;
  readonly query: string;
  readonly taken: RowsTaken | null;
  /** Gives back the place of a stream. */
  readonly leave: (() => void) | null;
  /** True if the text of the operation came with the request and is known from now on. */
  readonly isKept: boolean;
}

async function perform(
  endpoint: GraphQLEndpoint,
  { asked, context, repeated }: ExecuteOptions,
  { body, search, query, taken, leave, isKept }: Performing,
): Promise<ReadyAnswer> {
  const { rows: head } = endpoint;
  const splicer = createJsonSplicer(randomUUID());
  context.splicer = splicer;
  const finish = ({ status, headers, text }: SentAnswer): ReadyAnswer =>
    context.link
      ? linkAnswer({ context, status, content: splicer.splice(text.trimEnd()), isKept })
      : { status, headers, body: splicer.splice(text) };
  const { method } = asked;
  const question = { method, accept: asked.headers.accept, body, context };
  const known = await repeated.answer(question);
  if (known) {
    return finish(known);
  }
  const apollo = typeof endpoint.apollo === 'function' ? endpoint.apollo(query) : endpoint.apollo;
  const headers = headersOf(asked.headers);
  if (leave) {
    // What it says of its errors is JSON.
    headers.set('accept', 'application/json');
  }
  const httpGraphQLRequest: HTTPGraphQLRequest = { method, headers, search, body };
  using _place = { [Symbol.dispose]: () => (context.streaming?.stream ? undefined : leave?.()) };
  const answer = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: async () => context });
  const status = answer.status ?? 200;
  if (context.streaming?.stream) {
    return answerOfStream(head!, context.streaming.stream, context.streaming.framing, leave!);
  }
  if (context.streaming && context.findings.answer?.outcome !== 'error') {
    const problem = 'only a query of one list can be answered as a stream of rows';
    throw new SitewideError('BAD_REQUEST', { problem });
  }
  if (context.rows?.answer) {
    return answerOfRows(head!, context.rows.answer, taken!.isStream);
  }
  const sent = Object.fromEntries(answer.headers);
  if (answer.body.kind === 'chunked') {
    return { status, headers: sent, body: answer.body.asyncIterator };
  }
  repeated.learn(question, sent);
  return finish({ status, headers: sent, text: answer.body.string });
}

function queryOf(body: unknown, search: string): string {
  const query = isObject(body) ? body['query'] : new URLSearchParams(search).get('query');
  return typeof query === 'string' ? query : '';
}

function headersOf(given: IncomingHttpHeaders): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) {
      headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    }
  }
  return headers;
}
