import type { FormattedExecutionResult } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import type { Clock } from '../core/clock.ts';
import type { TraceHeaders } from '../core/trace.ts';
import { readSourceName } from '../model/source-name.ts';
import { lossOf, type StreamEnd } from './stream-end.ts';
import { pingIntervalMs, watchPongs } from './stream-pulse.ts';

// Subscriptions at other brokers, over WebSockets that all subscribers of this broker share. A socket is opened when it is
// needed and closed when nobody has needed it for a while. Brokers that hang are noticed by their missing pongs. To another
// site there is one socket, however many subscribers there are.

/** How long an unused socket is kept, in milliseconds. */
const idleMs = 10_000;
/** A broker that is well takes a socket, and says hello, within a moment; each in milliseconds. */
const handshakeMs = 2_000;
const helloMs = 2_000;
/** Beyond so many subscriptions on a socket within the site another one is opened, even if brokers take more. */
const enoughPerSocket = 500;
/** An event is a record with what its reader selected; what is larger than this is no event, in bytes. */
const largestMessage = 16 * 1_048_576;

/** What is asked of one broker. */
export interface LinkRequest {
  /** Where the broker is, without the path. */
  readonly url: string;
  /** Who has to answer: an installation, or any broker of a site. */
  readonly source: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly requestId: string;
  readonly trace: TraceHeaders;
  /** Those of a site's installations that are wanted, by their names as sources; null for all. */
  readonly only: readonly string[] | null;
}

/** Who is told what comes. After `end` nothing comes. */
export interface LinkSink {
  /** The broker was there and has been asked. */
  reached(): void;
  next(result: FormattedExecutionResult): void;
  end(end: StreamEnd): void;
}

/** Opens subscriptions at brokers. */
export interface StreamLinks extends AsyncDisposable {
  /** Begins one; the function given back ends it, and then nothing more is told of it. */
  open(request: LinkRequest, sink: LinkSink): () => void;
  /** True if there is a socket to this broker, or one is being opened. */
  has(source: string, url: string): boolean;
}

/** One socket. */
interface Link {
  readonly client: Client;
  /** Null until it is connected. */
  socket: WebSocket | null;
  subscriptions: number;
  isOpen: boolean;
  /** What is wrong with whoever is at the other end; null if nothing is. */
  problem: string | null;
  /** Told once it is open. */
  readonly waiting: Set<() => void>;
}

interface LinksOptions {
  readonly clock: Clock;
  /** How many subscriptions brokers take on one socket. */
  readonly mostPerSocket: number;
}

/** Links that are all closed yet. */
export function createStreamLinks({ clock, mostPerSocket }: LinksOptions): StreamLinks {
  const links = new Map<string, Set<Link>>();
  const linkOf = ({ url, source }: LinkRequest): Link => {
    const most = isOfSite(source) ? Infinity : Math.min(enoughPerSocket, mostPerSocket);
    const name = nameOf(source, url);
    const known = links.get(name) ?? new Set<Link>();
    links.set(name, known);
    const free = [...known].find((link) => link.subscriptions < most && !isClosing(link));
    if (free) {
      return free;
    }
    const link = createLink({ url, source, clock }, () => {
      known.delete(link);
      // By now others may have begun anew.
      if (known.size === 0 && links.get(name) === known) {
        links.delete(name);
      }
    });
    known.add(link);
    return link;
  };
  return {
    open: (request, sink) => openOn(linkOf(request), request, sink),
    has: (source, url) => [...(links.get(nameOf(source, url)) ?? [])].some((link) => !isClosing(link)),
    async [Symbol.asyncDispose]() {
      const all = [...links.values()].flatMap((known) => [...known]);
      links.clear();
      await Promise.all(
        all.map(async ({ client }) => {
          client.terminate();
          // What could not be opened has nothing to close.
          await Promise.resolve(client.dispose()).catch(() => undefined);
        }),
      );
    },
  };
}

function nameOf(source: string, url: string): string {
  return `${source} ${url}`;
}

function isOfSite(source: string): boolean {
  return readSourceName(source).kind === 'site';
}

/** One that was not used for long says goodbye, for which a peer that hangs takes long. */
function isClosing({ socket }: Link): boolean {
  return socket !== null && socket.readyState !== WebSocket.OPEN;
}

function openOn(link: Link, request: LinkRequest, sink: LinkSink): () => void {
  let over = false;
  link.subscriptions += 1;
  const leave = (): boolean => {
    const isFirst = !over;
    if (isFirst) {
      over = true;
      link.subscriptions -= 1;
      link.waiting.delete(sink.reached);
    }
    return isFirst;
  };
  const end = (reason: StreamEnd): void => {
    if (leave()) {
      sink.end(reason);
    }
  };
  if (link.isOpen) {
    queueMicrotask(() => !over && sink.reached());
  } else {
    link.waiting.add(sink.reached);
  }
  const { text, variables, requestId, trace, only } = request;
  const extensions = {
    'sitewide-request-id': requestId,
    ...(only && { 'sitewide-sources': only.join(',') }),
    ...trace,
  };
  const unsubscribe = link.client.subscribe(
    { query: text, variables: { ...variables }, extensions },
    {
      next: (result) => !over && sink.next(result as FormattedExecutionResult),
      error: (error) => end(lossOf(error, link.problem)),
      complete: () => end({ kind: 'complete' }),
    },
  );
  return () => {
    if (leave()) {
      unsubscribe();
    }
  };
}

/** A socket for events: what it carries is small and comes at once, so it is not compressed. */
class PeerSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols, {
      handshakeTimeout: handshakeMs,
      maxPayload: largestMessage,
      perMessageDeflate: false,
    });
    // Whoever uses it hears of its end; one that is given up before it is open would throw.
    this.on('error', () => undefined);
  }
}

interface LinkOptions extends Pick<LinkRequest, 'url' | 'source'> {
  readonly clock: Clock;
}

function createLink({ url, source, clock }: LinkOptions, onClosed: () => void): Link {
  const [path, tier] = isOfSite(source) ? ['/graphql', 'SITE'] : ['/installation/graphql', 'INSTALLATION'];
  const pulse = watchPongs(clock);
  const closed = (): void => {
    pulse.stop();
    link.isOpen = false;
    onClosed();
  };
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}${path}`,
    webSocketImpl: PeerSocket,
    connectionParams: { 'sitewide-tier': tier },
    connectionAckWaitTimeout: helloMs,
    keepAlive: pingIntervalMs,
    lazyCloseTimeout: idleMs,
    // Another broker is tried before this one again, which is not the client's to decide.
    retryAttempts: 0,
    on: {
      opened(socket) {
        link.socket = socket as WebSocket;
        pulse.start(link.socket);
      },
      connected(socket, payload) {
        link.problem = problemOf(payload, source);
        if (link.problem !== null) {
          (socket as WebSocket).terminate();
          return;
        }
        link.isOpen = true;
        link.waiting.forEach((tell) => tell());
        link.waiting.clear();
      },
      ping: (received) => !received && pulse.expect(),
      message: () => pulse.heard(),
      closed,
      error: closed,
    },
  });
  const link: Link = { client, socket: null, subscriptions: 0, isOpen: false, problem: null, waiting: new Set() };
  return link;
}

function problemOf(payload: Readonly<Record<string, unknown>> | null | undefined, source: string): string | null {
  const { kind, id } = readSourceName(source);
  const found = payload?.[kind];
  return found === id
    ? null
    : `it answered as ${typeof found === 'string' ? `${kind} "${found}"` : `no ${kind}`}, not as "${id}"`;
}
