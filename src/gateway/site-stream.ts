import type { ExecutionResult } from 'graphql';
import { GraphQLError } from 'graphql';

import type { Clock } from '../core/clock.ts';
import { createDeadline, withReserve } from '../core/deadline.ts';
import { endable } from '../core/endable.ts';
import { SitewideError } from '../core/errors.ts';
import { decodeRevisions, encodeRevisions, type Place, type RevisionVector } from '../core/revision-vector.ts';
import type { SourceError } from '../merge/combine.ts';
import type { RequestContext } from '../model/request.ts';
import type { Members, Membership } from './membership.ts';
import { asGraphQLError } from './scatter-data-source.ts';
import { installationOf, type StreamBrokers, type StreamCaller } from './stream-broker.ts';
import { type Follower, followSource, type StreamObserver } from './stream-follower.ts';
import { mergeEvents } from './stream-merge.ts';
import { createStreamParts, type StreamParts } from './stream-parts.ts';
import type { StreamQuestion } from './stream-question.ts';
import { createStreamQueue, type StreamQueue } from './stream-queue.ts';
import { laterStreamSources, streamSources } from './stream-sources.ts';
import { createStreamStart, type StreamStart } from './stream-start.ts';

// One subscription of a client on a whole site: a follower for each source concerned, also as sources come and go, and one
// queue in which their events meet.

/** How long the beginning waits for sources that are slow, in milliseconds. Those that come later begin with a GAP. */
const startPatienceMs = 2_500;

/** What the streams of a site stand on. */
export interface SiteStreamOptions {
  readonly site: string;
  readonly membership: Pick<Membership, 'onChange'> & { readonly current: Pick<Members, 'sources' | 'targets'> };
  readonly brokers: StreamBrokers;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observer: StreamObserver;
}

/** One subscription to be begun. */
interface Beginning {
  readonly question: StreamQuestion;
  readonly caller: StreamCaller;
  /** The context that it begins with. */
  readonly context: RequestContext;
  readonly signal: AbortSignal;
}

interface Stream extends SiteStreamOptions, Beginning {
  readonly queue: StreamQueue;
  readonly start: StreamStart;
  readonly parts: StreamParts | null;
  /** How far the reader is, and how far what waits for him is. */
  readonly told: Map<string, Place>;
  readonly taken: Map<string, Place>;
  readonly followers: Map<string, Follower>;
  /** True if the client goes on after a token. */
  readonly isResumed: boolean;
  hasBegun: boolean;
}

/**
 * Begins a subscription on the site.
 * @throws SitewideError `REVISION_INVALID`, `UNKNOWN_SOURCE`, `NO_SOURCE_ANSWERED` or another refusal.
 */
export async function beginSiteStream(
  options: SiteStreamOptions,
  beginning: Beginning,
): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
  const stream = createStream(options, beginning);
  const sources = streamSources({ ...stream, sources: options.membership.current.sources });
  const stop = new AbortController();
  const end = (): void => {
    unlisten();
    stop.abort(new Error('The subscription is over.'));
    stream.followers.forEach((follower) => follower.stop());
    stream.followers.clear();
  };
  const unlisten = options.membership.onChange(() => reconcile(stream));
  try {
    sources.forEach(({ id }) => follow(stream, id));
    const refusal = await untilBegun(stream);
    if (refusal) {
      end();
      return { errors: [asGraphQLError(refusal)] };
    }
  } catch (thrown) {
    end();
    throw thrown;
  }
  stream.hasBegun = true;
  return withEnd(
    endable(beginning.signal, (signal) => mergeEvents(stream, signal)),
    beginning.signal,
    end,
  );
}

function createStream(options: SiteStreamOptions, beginning: Beginning): Stream {
  const { question } = beginning;
  const after = question.args['after'];
  const seen: RevisionVector = typeof after === 'string' ? decodeRevisions(after) : {};
  return {
    ...options,
    ...beginning,
    queue: createStreamQueue(options.clock),
    start: createStreamStart(),
    parts: question.isShared ? createStreamParts(question, seen) : null,
    told: new Map(Object.entries(seen)),
    taken: new Map(question.isShared ? [] : Object.entries(seen)),
    followers: new Map(),
    isResumed: typeof after === 'string',
    hasBegun: false,
  };
}

/** Follows a source as well, or again. */
function follow(stream: Stream, source: string): void {
  const { question, queue, parts, start, context, caller } = stream;
  const { document, text, variables, responseName } = question;
  const installation = installationOf(source);
  start.expect(source);
  const request = {
    document,
    text,
    variables,
    caller,
    requestId: context.requestId,
    trace: context.trace.childHeaders(),
  };
  const follower = followSource({
    ...stream,
    source,
    installation,
    responseName,
    request,
    firstToken: () => firstToken(stream),
    mayComplete: question.crossing.kind === 'route',
    isFull: () => queue.isFull,
    room: (signal) => queue.room(signal),
    on: {
      event: (event) => queue.push(event),
      settled: (outcome) => start.settle(source, outcome),
      refused: (error) => refuse(stream, source, error),
      completed: () => complete(stream, source),
    },
  });
  stream.followers.set(source, follower);
  if (!stream.hasBegun) {
    parts?.expect(source);
  }
}

/** Where a source begins of which nothing was taken: here, or with a GAP if the stream goes on after something else. */
function firstToken({ question, isResumed, hasBegun }: Stream): string | null {
  return question.isShared || (!isResumed && !hasBegun) ? null : encodeRevisions({});
}

function complete({ question, queue, parts, start, followers, taken }: Stream, source: string): void {
  followers.delete(source);
  start.settle(source, { reached: true, message: null });
  parts?.complete(source);
  if (!taken.has(installationOf(source))) {
    parts?.leave(source);
  }
  if (!question.isShared || parts?.isOver || followers.size === 0) {
    queue.close();
  }
}

/** At the beginning it is the answer; later it ends the stream. */
function refuse({ start, queue }: Stream, source: string, error: SourceError): void {
  start.refuse(error);
  queue.fail(refusalOf(source, error));
}

function refusalOf(source: string, error: SourceError): GraphQLError {
  const { message, extensions = {} } = error;
  return new GraphQLError(message, { extensions: { ...extensions, source } });
}

/** Resolves when enough is there to begin with; gives the refusal if the question is at fault. */
async function untilBegun(stream: Stream): Promise<SourceError | null> {
  const { start, context, clock, question, signal, parts } = stream;
  const timeoutMs = Math.min(startPatienceMs, withReserve(context.deadline.remainingMs()));
  using patience = createDeadline({ clock, timeoutMs, parent: signal });
  const { refusal, reached, away } = await start.settled(patience.signal);
  signal.throwIfAborted();
  if (refusal) {
    return refusal;
  }
  const field = question.responseName;
  const reasons = away.map(({ source, message }) => `${source} is UNREACHABLE (${message})`).join(', ');
  if (reached.length === 0) {
    throw new SitewideError('NO_SOURCE_ANSWERED', { field, reasons: reasons || 'there is no source to ask' });
  }
  if (away.length > 0 && context.wanted.require === 'ALL') {
    throw new SitewideError('COVERAGE_NOT_MET', { field, reasons });
  }
  // What the others have is told without those that are away.
  away.forEach(({ source }) => parts?.leave(source));
  return null;
}

/** The site has changed: sources are followed that joined, and those that left are not any more. */
function reconcile(stream: Stream): void {
  const { followers, parts, membership } = stream;
  const wanted = new Set(laterStreamSources({ ...stream, sources: membership.current.sources }).map(({ id }) => id));
  for (const [source, follower] of followers) {
    if (wanted.has(source)) {
      follower.check();
    } else {
      follower.stop();
      followers.delete(source);
      stream.start.settle(source, { reached: false, message: 'it left the site' });
      parts?.leave(source);
    }
  }
  for (const source of wanted) {
    if (!followers.has(source)) {
      follow(stream, source);
    }
  }
}

/** Ends everything behind a stream when it ends, whoever ends it. */
function withEnd<T>(
  inner: AsyncIterableIterator<T, undefined, undefined>,
  signal: AbortSignal,
  end: () => void,
): AsyncIterableIterator<T, undefined, undefined> {
  signal.addEventListener('abort', end, { once: true });
  const finish = (): void => {
    signal.removeEventListener('abort', end);
    end();
  };
  const outer: AsyncIterableIterator<T, undefined, undefined> = {
    async next() {
      try {
        const result = await inner.next();
        if (result.done === true) {
          finish();
        }
        return result;
      } catch (thrown) {
        finish();
        throw thrown;
      }
    },
    async return() {
      finish();
      await inner.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => outer,
  };
  return outer;
}
