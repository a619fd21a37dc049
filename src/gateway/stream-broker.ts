import type { DocumentNode, ExecutionResult, FormattedExecutionResult } from 'graphql';

import { abortable } from '../core/abort.ts';
import { messageOf, SitewideError } from '../core/errors.ts';
import type { Lack } from '../merge/combine.ts';
import { anyCoverage } from '../model/coverage.ts';
import type { RequestContext } from '../model/request.ts';
import { readSourceName } from '../model/source-name.ts';
import type { Endpoint } from '../scatter/endpoint.ts';
import { chooseEndpoint, type Target } from '../scatter/target.ts';
import { endByErrors, type StreamEnd } from './stream-end.ts';
import type { LinkRequest, LinkSink, StreamLinks } from './stream-link.ts';
import type { StreamMembers } from './stream-members.ts';

// Who can be asked for the stream of a source: this broker itself if the installation is its own, and the other brokers of
// an installation or a site over the network. They are asked, and heard, in the same way.

/** What carries out subscriptions on the own installation. */
export interface OwnStreams {
  subscribe(request: OwnStreamRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>;
}

/** A subscription on the own installation. */
export interface OwnStreamRequest extends StreamCaller {
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** On whose behalf a stream runs. */
export interface StreamCaller {
  /** A context for one event. Dispose it when the event is out. */
  newContext(): RequestContext & Disposable;
  /** To be awaited before an event is executed. */
  turn(): Promise<void>;
}

/** What is sent to a broker. */
export interface BrokerRequest extends Omit<LinkRequest, 'url' | 'source'> {
  readonly caller: StreamCaller;
}

/** Who is told what comes. */
export interface BrokerSink extends Omit<LinkSink, 'next'> {
  /** This broker itself waits for what is given back; another one goes on regardless. */
  next(result: FormattedExecutionResult, lack?: Lack): Promise<void> | null;
}

/** A broker that can be asked for the stream of a source. */
export interface StreamBroker {
  /** Its id; null for this broker itself. */
  readonly endpoint: Endpoint | null;
  /** Begins; the function given back ends it, and then nothing more is told. */
  open(request: BrokerRequest, sink: BrokerSink): () => void;
}

/** Finds brokers. */
export interface StreamBrokers {
  /** One that has not been tried; null if there is none now. */
  choose(source: string, tried: ReadonlySet<Endpoint | null>): StreamBroker | null;
  /** False once it has left the site. */
  isMember(source: string, broker: StreamBroker): boolean;
}

interface BrokersOptions {
  readonly members: () => StreamMembers;
  readonly own: OwnStreams;
  readonly links: StreamLinks;
  readonly random: () => number;
}

/** The brokers of a tier; the first of its sources is the own one. */
export function createStreamBrokers({ members, own, links, random }: BrokersOptions): StreamBrokers {
  const chooseOf = (target: Target, tried: ReadonlySet<Endpoint>): Endpoint | null =>
    linkedEndpoint(target, tried, links) ?? chooseEndpoint(target, tried, { random });
  const targetOf = (source: string): Target | undefined => members().targets.find((target) => target.source === source);
  return {
    choose(source, tried) {
      if (members().sources[0]?.id === source && !tried.has(null)) {
        return { endpoint: null, open: (request, sink) => openHere({ own, source }, request, sink) };
      }
      const target = targetOf(source);
      const endpoint = target ? chooseOf(target, tried as ReadonlySet<Endpoint>) : null;
      return endpoint === null
        ? null
        : { endpoint, open: (...asked) => openThere({ links, source, endpoint }, ...asked) };
    },
    isMember: (source, { endpoint }) => endpoint === null || (targetOf(source)?.endpoints.includes(endpoint) ?? false),
  };
}

/** Of a site the broker to which there is a socket: all subscribers share one, and whoever is lost goes where others are. */
function linkedEndpoint(
  { source, endpoints }: Target,
  tried: ReadonlySet<Endpoint>,
  links: StreamLinks,
): Endpoint | null {
  return readSourceName(source).kind === 'site'
    ? (endpoints.find((one) => one.admits && !tried.has(one) && links.has(source, one.url)) ?? null)
    : null;
}

interface There {
  readonly links: StreamLinks;
  readonly source: string;
  readonly endpoint: Endpoint;
}

/** At another broker. What becomes of it tells whether that broker is well. */
function openThere({ links, source, endpoint }: There, request: BrokerRequest, sink: BrokerSink): () => void {
  const flight = endpoint.begin();
  let isAlive = false;
  const close = links.open(
    { ...request, url: endpoint.url, source },
    {
      reached(lack) {
        isAlive = true;
        flight.proveAlive();
        sink.reached(lack);
      },
      next: (result, lack) => void sink.next(result, lack),
      end(end) {
        if (end.kind === 'lost' && !end.answered) {
          (isAlive ? endpoint.begin() : flight).fail(end.message);
        }
        flight.abandon();
        sink.end(end);
      },
    },
  );
  return () => {
    flight.abandon();
    close();
  };
}

interface Here {
  readonly own: OwnStreams;
  readonly source: string;
}

/** In this process. */
function openHere(here: Here, request: BrokerRequest, sink: BrokerSink): () => void {
  const stop = new AbortController();
  void readHere(here, request, { sink, signal: stop.signal }).then((end) => {
    if (!stop.signal.aborted) {
      sink.end(end);
    }
  });
  return () => stop.abort(new SitewideError('CANCELLED', {}));
}

interface Reading {
  readonly sink: BrokerSink;
  readonly signal: AbortSignal;
}

/** Never rejects. */
async function readHere(
  { own, source }: Here,
  { document, variables, caller }: BrokerRequest,
  { sink, signal }: Reading,
): Promise<StreamEnd> {
  try {
    const newContext = (): RequestContext & Disposable => ownContext(caller, readSourceName(source).id);
    const asked = { document, operationName: undefined, variables, signal, newContext, turn: () => caller.turn() };
    const begun = await abortable(own.subscribe(asked), signal);
    if (!(Symbol.asyncIterator in begun)) {
      return endByErrors(begun.errors?.map((error) => error.toJSON()));
    }
    sink.reached();
    for await (const { data, errors, extensions } of begun) {
      if (signal.aborted) {
        break;
      }
      await sink.next({
        data: data ?? null,
        ...(errors && { errors: errors.map((error) => error.toJSON()) }),
        ...(extensions && { extensions }),
      });
    }
    return { kind: 'complete' };
  } catch (thrown) {
    return { kind: 'lost', message: messageOf(thrown), answered: true };
  }
}

/** What the caller wants of all sources is ours to see to; the own one is only told what it must show at least. */
function ownContext(caller: StreamCaller, installation: string): RequestContext & Disposable {
  const context = caller.newContext();
  const place = context.wanted.atLeast?.[installation];
  const wanted = { ...anyCoverage, atLeast: place === undefined ? null : { [installation]: place } };
  return { ...context, wanted, coverage: new Map(), [Symbol.dispose]: () => context[Symbol.dispose]() };
}
