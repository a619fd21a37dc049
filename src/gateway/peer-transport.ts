import { encodeOrigin } from '../auth/carried-origin.ts';
import type { PeerCertificates } from '../auth/certificate/peer-certificates.ts';
import { silentVouching, type Vouching } from '../auth/vouching.ts';
import type { Clock } from '../core/clock.ts';
import { encodeRevisions, type RevisionVector } from '../core/revision-vector.ts';
import type { TraceHeaders } from '../core/trace.ts';
import type { SourceBody, SourceRequest } from '../merge/combine.ts';
import type { Origin } from '../model/audit.ts';
import type { Principal } from '../model/principal.ts';
import { readSourceName } from '../model/source-name.ts';
import { acceptRows } from '../rows/frames.ts';
import { batchHeader, encodeBatch } from '../rows/row-batch.ts';
import type { Traffic } from '../scatter/attempt.ts';
import { type Connections, createConnections, type Way } from './connections.ts';
import { answerBytes, isInRows, readBody } from './peer-answer.ts';
import { type OpenRows, openRows } from './open-rows.ts';
import { post, probe, type ProbeOptions } from './peer-request.ts';
import { readRowsBody } from './rows-body.ts';

// GraphQL over HTTP between brokers. An answer counts only if it is well formed and comes from the source that was meant;
// anything else is a failure of that endpoint.

/** How many connections are held open to one broker: on a LAN these beat pipelining and HTTP/2 (measured). */
const connectionsPerBroker = 16;
/** How long an unused connection is kept, in milliseconds; less than the server's own limit, so that we close first. */
const keepAliveMs = 25_000;

/** A larger body goes over a connection of its own, in bytes: others should not have to wait for it. */
const largestOverConduit = 65_536;

/** Sends requests to brokers. */
export interface PeerTransport extends AsyncDisposable {
  /**
   * Sends one request to one broker.
   * @throws AttemptFailure, or whatever the network or the signal throws.
   */
  send(request: SourceRequest, options: SendOptions): Promise<SourceBody>;
  /**
   * Opens a stream of the rows of the one list that a request asks for; the signal is that of the opening. Absent: there is none.
   * @throws AttemptFailure, or whatever the network or the signal throws.
   */
  readonly open?: (request: SourceRequest, options: SendOptions) => Promise<OpenRows>;
  /**
   * Asks a broker whether it is ready.
   * @throws AttemptFailure if it is not, or is another source's; or whatever the network or the signal throws.
   */
  probe(options: ProbeOptions): Promise<void>;
  /** Closes the connections to a broker as soon as what is under way on them has ended. It may be asked again later. */
  forget(url: string): void;
}

/** To whom a request is sent, and on whose behalf. */
export interface SendOptions {
  readonly url: string;
  /** The source that has to answer, for example `installation:lyon-a` or `site:lyon`. */
  readonly source: string;
  /** The sources below it that are asked for; null or absent for all. */
  readonly only?: readonly string[] | null;
  /** Who asks. */
  readonly principal: Principal;
  /** From where; null or absent where that is of no importance. */
  readonly origin?: Origin | null;
  readonly requestId: string;
  readonly trace: TraceHeaders;
  /** What is left for the answer, in milliseconds. */
  readonly remainingMs: number;
  /** What the answer must show at least; null: whatever there is. */
  readonly atLeast?: RevisionVector | null;
  readonly signal: AbortSignal;
  /** Told how large the bodies are. */
  readonly traffic?: Traffic | undefined;
}

interface PeerTransportOptions {
  /** What brokers prove who they are with; absent: nothing. */
  readonly certificates?: PeerCertificates | null;
  /** Says in whose name is asked; absent: nobody does. */
  readonly vouching?: Vouching;
  /** The name of the version of the schema whose rows are understood as bytes; absent: of none. */
  readonly schema?: string | null;
  /** The time for conduits; absent: each request has a connection to itself. */
  readonly conduits?: Clock | null;
}

/** The transport within a site, with its own connections. */
export function createPeerTransport({
  certificates = null,
  vouching = silentVouching,
  schema = null,
  conduits = null,
}: PeerTransportOptions = {}): PeerTransport {
  const connections = createConnections({ perBroker: connectionsPerBroker, keepAliveMs, certificates, conduits });
  const bodyOf = createBodies();
  const takingRows = schema === null ? '' : acceptRows(schema);
  return {
    async send(request, options) {
      const { signal, traffic } = options;
      const rows = schema === null ? undefined : request.rows;
      const introducing = introducedTo(connections, options, vouching);
      const { pool, conduit, path, headers } = introducing instanceof Promise ? await introducing : introducing;
      headers['content-type'] = 'application/json';
      headers['accept'] = rows ? takingRows : 'application/graphql-response+json, application/json;q=0.9';
      if (rows?.batch) {
        headers[batchHeader] = encodeBatch(rows.batch);
      }
      const body = bodyOf(request);
      const response = await post({
        dispatcher: pool,
        conduit: conduit && body.length <= largestOverConduit ? conduit.take(options.url) : null,
        path,
        signal,
        traffic,
        headers,
        body,
      });
      return rows && isInRows(response)
        ? readRowsBody(answerBytes(response, options), { ...rows, schema: schema! })
        : readBody(response, options);
    },
    ...(schema !== null && {
      open: async (request, options) =>
        openRows(await introducedTo(connections, options, vouching), request, { ...options, schema }),
    }),
    probe: (options) => probe(connections.wayTo(options.url, options.source).pool, options),
    forget: connections.forget,
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
}

/** What all sources are asked at one time has the same text and the same variables, and is written once. */
function createBodies(): (request: SourceRequest) => Buffer {
  let last: { readonly text: string; readonly variables: SourceRequest['variables']; readonly body: Buffer } | null =
    null;
  return ({ text, variables }) => {
    if (last?.text !== text || last.variables !== variables) {
      last = { text, variables, body: Buffer.from(JSON.stringify({ query: text, variables })) };
    }
    return last.body;
  };
}

/** Where a request goes out, and what it says there of itself. */
export interface Introduced {
  readonly pool: Way['pool'];
  readonly conduit: Way['conduit'];
  readonly path: string;
  /** The caller's own, to add to. */
  readonly headers: Record<string, string>;
}

/**
 * Finds the way for a request and introduces it, which has to fit one another. What is found is to be used at once. It is no promise
 * unless somebody has to be waited for.
 */
export function introducedTo(
  connections: Connections,
  options: SendOptions,
  vouching: Vouching,
): Introduced | Promise<Introduced> {
  const { source, url, principal, requestId } = options;
  const { pool, conduit, key, path } = connections.wayTo(url, source);
  const introduced = { pool, conduit, path, headers: commonHeaders(options) };
  const voucher = vouching.headersFor({ principal, source, url, requestId, key });
  if (!(voucher instanceof Promise)) {
    Object.assign(introduced.headers, voucher);
    return introduced;
  }
  return voucher.then((found) => {
    // Closed in the meantime because other certificates have come into force, or because the broker has left.
    if (pool.closed) {
      return introducedTo(connections, options, vouching);
    }
    Object.assign(introduced.headers, found);
    return introduced;
  });
}

/** What every request between brokers says of itself. Written one by one, which is several times quicker than with spreads. */
function commonHeaders({
  source,
  remainingMs,
  requestId,
  only,
  atLeast,
  origin,
  trace,
}: SendOptions): Introduced['headers'] {
  const { kind } = readSourceName(source);
  const headers: Record<string, string> = {
    'sitewide-tier': kind === 'site' ? 'SITE' : 'INSTALLATION',
    'sitewide-deadline-ms': String(Math.floor(remainingMs)),
    'sitewide-request-id': requestId,
    traceparent: trace.traceparent,
  };
  if (trace.tracestate !== undefined) headers['tracestate'] = trace.tracestate;
  if (only) headers['sitewide-sources'] = only.join(',');
  if (atLeast) headers['sitewide-at-least'] = encodeRevisions(atLeast);
  // Other sites need not know where users sit.
  if (origin && kind === 'installation') headers['sitewide-origin'] = encodeOrigin(origin);
  return headers;
}
