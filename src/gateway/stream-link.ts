import type { DocumentNode, FormattedExecutionResult } from 'graphql';
import { WebSocket } from 'ws';

import type { PeerCertificates } from '../auth/certificate/peer-certificates.ts';
import { silentVouching, type Vouching } from '../auth/vouching.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { TraceHeaders } from '../core/trace.ts';
import type { Lack } from '../merge/combine.ts';
import type { Principal } from '../model/principal.ts';
import { lossOf, type StreamEnd } from './stream-end.ts';
import { isOfSite, type Link, openLink } from './stream-socket.ts';

// Subscriptions at other brokers, over WebSockets that all subscribers of this broker share. A socket is opened when it is
// needed and closed when nobody has needed it for a while. Brokers that hang are noticed by their missing pongs. To another
// site there is one socket, however many subscribers there are.

/** Beyond so many subscriptions on a socket within the site another one is opened, even if brokers take more. */
const enoughPerSocket = 500;

/** What is asked of one broker. */
export interface LinkRequest {
  /** Where the broker is, without the path. */
  readonly url: string;
  /** Who has to answer: an installation, or any broker of a site. */
  readonly source: string;
  readonly document: DocumentNode;
  /** The document as text. */
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Who asks. Those of many share a socket, so that it is said with each. */
  readonly principal: Principal;
  readonly requestId: string;
  readonly trace: TraceHeaders;
  /** Those of a site's installations that are wanted, by their names as sources; null for all. */
  readonly only: readonly string[] | null;
}

/** Who is told what comes. After `end` nothing comes. */
export interface LinkSink {
  /** The broker was there and has been asked, for all but what it does not understand because it is of another version. */
  reached(lack?: Lack): void;
  next(result: FormattedExecutionResult, lack?: Lack): void;
  end(end: StreamEnd): void;
}

/** Opens subscriptions at brokers. */
export interface StreamLinks extends AsyncDisposable {
  /** Begins one; the function given back ends it, and then nothing more is told of it. */
  open(request: LinkRequest, sink: LinkSink): () => void;
  /** True if there is a socket to this broker, or one is being opened. */
  has(source: string, url: string): boolean;
}

interface LinksOptions {
  readonly clock: Clock;
  /** How many subscriptions brokers take on one socket. */
  readonly mostPerSocket: number;
  /** Says in whose name is asked; absent: nobody does. */
  readonly vouching?: Vouching;
  /** What brokers prove who they are with; absent: nothing. */
  readonly certificates?: PeerCertificates | null;
}

/** Links that are all closed yet. */
export function createStreamLinks(options: LinksOptions): StreamLinks {
  const { clock, mostPerSocket, certificates = null, vouching = silentVouching } = options;
  const links = new Map<string, Set<Link>>();
  /** Opened with certificates that are not in force any more: nothing new is begun there. */
  const outdated = new WeakSet<Link>();
  const unlisten = certificates?.onChange(() =>
    [...links.values()].forEach((known) => known.forEach((link) => outdated.add(link))),
  );
  const takesMore = (link: Link): boolean => !isClosing(link) && !outdated.has(link);
  const linkOf = ({ url, source }: LinkRequest): Link => {
    const most = isOfSite(source) ? Infinity : Math.min(enoughPerSocket, mostPerSocket);
    const name = nameOf(source, url);
    const known = links.get(name) ?? new Set<Link>();
    links.set(name, known);
    const free = [...known].find((link) => link.subscriptions < most && takesMore(link));
    if (free) {
      return free;
    }
    const link = openLink({ url, source, clock, certificates }, () => {
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
    open: (request, sink) => openOn({ link: linkOf(request), vouching }, request, sink),
    has: (source, url) => [...(links.get(nameOf(source, url)) ?? [])].some(takesMore),
    async [Symbol.asyncDispose]() {
      unlisten?.();
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

/** One that was not used for long says goodbye, for which a peer that hangs takes long. */
function isClosing({ socket }: Link): boolean {
  return socket !== null && socket.readyState !== WebSocket.OPEN;
}

interface Way {
  readonly link: Link;
  readonly vouching: Vouching;
}

function openOn({ link, vouching }: Way, request: LinkRequest, sink: LinkSink): () => void {
  let over = false;
  let unsubscribe = (): void => undefined;
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
  const subscribe = (introduction: Readonly<Record<string, string>>): void => {
    if (over) {
      return;
    }
    const { text: query, variables, requestId, trace, only } = request;
    const extensions = {
      ...introduction,
      'sitewide-request-id': requestId,
      ...(only && { 'sitewide-sources': only.join(',') }),
      ...trace,
    };
    unsubscribe = link.client.subscribe(
      { query, variables: { ...variables }, extensions },
      {
        next: (result) => !over && sink.next(result as FormattedExecutionResult),
        error: (error) => end(lossOf(error, link.problem)),
        complete: () => end({ kind: 'complete' }),
      },
    );
  };
  Promise.resolve(vouching.headersFor({ ...request, key: link.key })).then(subscribe, (thrown: unknown) =>
    end({ kind: 'lost', message: messageOf(thrown), answered: true }),
  );
  return () => {
    if (leave()) {
      unsubscribe();
    }
  };
}
