import { OperationTypeNode } from 'graphql';

import type { PeerCertificates } from '../auth/certificate/peer-certificates.ts';
import { silentVouching, type Vouching } from '../auth/vouching.ts';
import type { Clock } from '../core/clock.ts';
import { compress, worthwhileBytes } from '../core/compression.ts';
import { hashDocument } from '../core/document-hash.ts';
import type { SourceBody, SourceRequest } from '../merge/combine.ts';
import { type Connections, createConnections } from './connections.ts';
import type { Exchanged } from './exchange.ts';
import { createKeptAnswers, createPeerMemory, type KeptAnswer, type PeerMemory, questionKey } from './link-memory.ts';
import { createLinkMeter, type LinkFigures, type LinkMeter } from './link-meter.ts';
import { openRows } from './open-rows.ts';
import { answerText, codeOfError, sourceBodyOf, unchangedBody } from './peer-answer.ts';
import { post, probe } from './peer-request.ts';
import { introducedTo, type PeerTransport, type SendOptions } from './peer-transport.ts';

// GraphQL over HTTP to the brokers of other sites, where each byte and each round trip counts: the text of an operation is
// sent once to each broker and then named, an answer that has not changed is not sent again, and what is large is compressed.

/** How many requests to one broker may be under way; each has a connection of its own. */
const connectionsPerBroker = 32;
/** How long an unused connection is kept, in milliseconds: the other side closes it after 30 s. */
const keepAliveMs = 25_000;

/** A transport that knows how its links are doing. */
export interface SiteTransport extends PeerTransport {
  /** What is known of the link to a site, named as a source. */
  figures(source: string): LinkFigures;
}

interface SiteTransportOptions {
  readonly clock: Clock;
  /** What brokers prove who they are with; absent: nothing. */
  readonly certificates?: PeerCertificates | null;
  /** Says in whose name is asked; absent: nobody does. */
  readonly vouching?: Vouching;
  /** The name of the version of the schema whose rows are understood as bytes; absent: of none. */
  readonly schema?: string;
}

/** The transport between sites, with its own connections. */
export function createSiteTransport(options: SiteTransportOptions): SiteTransport {
  const { clock } = options;
  const links = createLinks(options);
  const { connections } = links;
  return {
    async send(request, options) {
      const question = questionOf(links, request, options);
      const answer = await exchange(links, question);
      const kept = answer.response.headers['sitewide-link'];
      if (kept !== undefined) {
        links.peers.learned(question.origin, question.document, String(kept));
      }
      return bodyOf(links, question, answer);
    },
    ...(options.schema !== undefined && {
      open: async (request, sending) =>
        openRows(await introducedTo(connections, sending, links.vouching), request, {
          ...sending,
          schema: options.schema!,
        }),
    }),
    async probe(options) {
      const { url, source } = options;
      const { pool: dispatcher } = connections.wayTo(url, source);
      const meter = links.meterOf(source);
      if (dispatcher.stats.free === 0) {
        await probe(dispatcher, options);
        if (meter.figures().rttMs !== null) {
          return;
        }
        // How far away a site is should be known from the beginning.
      }
      const startedAt = clock.now();
      await probe(dispatcher, options);
      meter.roundTrip(clock.now() - startedAt);
    },
    forget(url) {
      links.peers.forget(new URL(url).origin);
      connections.forget(url);
    },
    figures: (source) => links.meterOf(source).figures(),
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
}

/** What all requests to other sites have in common. */
interface Links {
  readonly connections: Connections;
  readonly vouching: Vouching;
  readonly peers: PeerMemory;
  readonly kept: ReturnType<typeof createKeptAnswers>;
  meterOf(source: string): LinkMeter;
}

function createLinks({ clock, certificates = null, vouching = silentVouching }: SiteTransportOptions): Links {
  const meters = new Map<string, LinkMeter>();
  const meterOf = (source: string): LinkMeter => {
    const meter = meters.get(source) ?? createLinkMeter(clock);
    meters.set(source, meter);
    return meter;
  };
  const connections = createConnections({
    perBroker: connectionsPerBroker,
    keepAliveMs,
    certificates,
    onSocket: (source, socket) => meterOf(source).opened(socket),
  });
  return {
    connections,
    vouching,
    peers: createPeerMemory(),
    kept: createKeptAnswers(),
    meterOf,
  };
}

/** A request with what is known about it. */
interface Question {
  readonly request: SourceRequest;
  readonly options: SendOptions;
  readonly origin: string;
  readonly document: string;
  /** Null for what is no question: its answer is never kept. */
  readonly key: string | null;
  readonly had: KeptAnswer | undefined;
}

function questionOf({ kept }: Links, request: SourceRequest, options: SendOptions): Question {
  const { origin } = new URL(options.url);
  const document = hashDocument(request.text);
  const key = request.operation === OperationTypeNode.QUERY ? questionKey(request, { ...options, document }) : null;
  return { request, options, origin, document, key, had: key === null ? undefined : kept.get(key) };
}

interface Answer {
  readonly response: Exchanged;
  readonly text: string;
}

/** Asks as shortly as the broker is believed to understand, and in full if it does not. */
async function exchange(links: Links, question: Question): Promise<Answer> {
  const { origin, document, options } = question;
  const form = { named: links.peers.knows(origin, document), zstd: links.peers.readsZstd(origin) };
  const answer = await ask(links, question, form);
  const isShort = form.named || form.zstd;
  if (!isShort || answer.response.statusCode < 400 || !misunderstandings.has(codeOfError(answer.text))) {
    return answer;
  }
  links.peers.forget(origin);
  links.meterOf(options.source).textUnknown();
  return ask(links, question, { named: false, zstd: false });
}

/** The codes by which a broker says that it does not know a text, or does not read what is sent over links at all. */
const misunderstandings = new Set<unknown>(['DOCUMENT_UNKNOWN', 'UNSUPPORTED_MEDIA_TYPE', 'BAD_REQUEST']);

interface Form {
  /** True if the text is only named. */
  readonly named: boolean;
  /** True if the broker reads compressed bodies. */
  readonly zstd: boolean;
}

async function ask(links: Links, { request, options, document, key, had }: Question, form: Form): Promise<Answer> {
  const { source, signal, traffic } = options;
  links.meterOf(source).requested();
  const { variables, text: query } = request;
  const plain = Buffer.from(JSON.stringify(form.named ? { variables } : { query, variables }));
  const isCompressed = form.zstd && plain.length >= worthwhileBytes;
  const body = isCompressed ? await compress(plain, 'zstd') : plain;
  // The last thing before it leaves: it is good for a short time, and only once.
  const { pool, path, headers } = await introducedTo(links.connections, options, links.vouching);
  const response = await post({
    dispatcher: pool,
    path,
    signal,
    traffic,
    headers: {
      ...headers,
      'sitewide-document': document,
      ...(key !== null && { 'sitewide-if-unchanged': had?.validator ?? 'none' }),
      'accept-encoding': 'zstd',
      // Whoever keeps texts knows what comes over a link.
      ...(!form.named && { 'content-type': 'application/json' }),
      ...(isCompressed && { 'content-encoding': 'zstd' }),
    },
    body,
  });
  return { response, text: await answerText(response, options) };
}

/** The answer as it came, or the one that was kept if that is still right. */
function bodyOf(links: Links, { options, key, had }: Question, { response, text }: Answer): SourceBody {
  const { headers } = response;
  const meter = links.meterOf(options.source);
  if (headers['sitewide-unchanged'] !== undefined) {
    meter.answered('UNCHANGED');
    return unchangedBody(had?.text ?? null, text, response);
  }
  meter.answered('WHOLE');
  const body = sourceBodyOf(text, response);
  const validator = headers['sitewide-validator'];
  if (key !== null && validator !== undefined) {
    links.kept.set(key, { validator: String(validator), text });
  }
  return body;
}
