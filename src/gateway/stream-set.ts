import { GraphQLError } from 'graphql';

import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import { decodeRevisions, type Place, type RevisionVector } from '../core/revision-vector.ts';
import type { SourceError } from '../merge/combine.ts';
import type { RequestContext } from '../model/request.ts';
import type { StreamBrokers, StreamCaller } from './stream-broker.ts';
import { type Follower, followSource } from './stream-follower.ts';
import type { StreamForeign } from './stream-foreign.ts';
import type { StreamMembers, StreamMembership } from './stream-members.ts';
import { createStreamParts, type StreamParts } from './stream-parts.ts';
import type { StreamQuestion } from './stream-question.ts';
import { createStreamQueue, type StreamQueue } from './stream-queue.ts';
import type { StreamObserver } from './stream-sink.ts';
import { narrowed, type SourceIdentity } from './source.ts';
import { laterStreamSources } from './stream-sources.ts';
import { createStreamStart, notReached, type StreamStart } from './stream-start.ts';
import { createStreamTaken, type StreamTaken } from './stream-taken.ts';

// The sources of one subscription: one follower for each, added and taken away as the members change, and one queue in which
// their events meet.

/** What the streams of a tier stand on. */
export interface SiteStreamOptions {
  /** What the sources make together, for messages. */
  readonly where: string;
  readonly membership: StreamMembership;
  readonly brokers: StreamBrokers;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observer: StreamObserver;
}

/** One subscription to be begun. */
export interface Beginning {
  readonly question: StreamQuestion;
  readonly caller: StreamCaller;
  readonly foreign: StreamForeign | null;
  /** The context that it begins with. */
  readonly context: RequestContext;
  readonly signal: AbortSignal;
}

/** A subscription on all sources of a tier. */
export interface Stream extends SiteStreamOptions, Beginning {
  readonly queue: StreamQueue;
  readonly start: StreamStart;
  readonly parts: StreamParts | null;
  /** How far the reader is, and how far what waits for him is. */
  readonly told: Map<string, Place>;
  readonly taken: StreamTaken;
  readonly followers: Map<string, Follower>;
  /** True if the client goes on after a token. */
  readonly isResumed: boolean;
  hasBegun: boolean;
}

/**
 * A subscription that follows nothing yet.
 * @throws SitewideError `REVISION_INVALID`.
 */
export function createStream(options: SiteStreamOptions, beginning: Beginning): Stream {
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
    taken: createStreamTaken({ after: question.isShared ? {} : seen, configuredAt: sourceAt(options) }),
    followers: new Map(),
    isResumed: typeof after === 'string',
    hasBegun: false,
  };
}

/** Follows a source as well, or again. */
export function follow(stream: Stream, identity: SourceIdentity): void {
  const source = identity.id;
  const { question, queue, parts, start, context, caller } = stream;
  const { document, text, variables, responseName } = question;
  start.expect(source);
  const request = {
    document,
    text,
    variables,
    caller,
    principal: context.principal,
    requestId: context.requestId,
    trace: context.trace.childHeaders(),
    only: narrowed(context, identity),
  };
  const follower = followSource({
    ...stream,
    source,
    responseName,
    request,
    isLate: () => isLate(stream),
    isShared: question.isShared,
    mayComplete: question.crossing.kind === 'route',
    isFull: () => queue.isFull,
    room: (signal) => queue.room(signal),
    on: {
      event: (event) => queue.push(event),
      settled: (outcome) => start.settle(source, outcome),
      refused: (error) => refuse(stream, source, error),
      completed: () => complete(stream, source),
      failed: (thrown) => queue.fail(thrown instanceof Error ? thrown : new Error(messageOf(thrown))),
    },
  });
  stream.followers.set(source, follower);
  if (!stream.hasBegun) {
    parts?.expect(source);
  }
}

/** True if a source of which nothing was taken has missed something: the stream goes on after a token, or has begun. */
function isLate({ question, isResumed, hasBegun }: Stream): boolean {
  return !question.isShared && (isResumed || hasBegun);
}

/** Tells the source that an installation is configured to be of, as the members are when it is asked. */
function sourceAt({ membership }: SiteStreamOptions): (installation: string) => string | null {
  let known: StreamMembers['sources'] | null = null;
  let owners = new Map<string, string>();
  return (installation) => {
    const { sources } = membership.current;
    if (sources !== known) {
      known = sources;
      owners = new Map(sources.flatMap(({ id, installations }) => [...installations].map((one) => [one, id] as const)));
    }
    return owners.get(installation) ?? null;
  };
}

function complete({ question, queue, parts, start, followers, taken }: Stream, source: string): void {
  followers.delete(source);
  start.settle(source, { ...notReached('', 1), reached: true, message: null });
  parts?.complete(source);
  if (!taken.knows(source)) {
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

/** The site has changed: sources are followed that joined, and those that left are not any more. */
export function reconcile(stream: Stream): void {
  const { followers, parts, membership } = stream;
  const sources = laterStreamSources({ ...stream, sources: membership.current.sources });
  const wanted = new Map(sources.map((source) => [source.id, source]));
  for (const [source, follower] of followers) {
    if (wanted.has(source)) {
      follower.check();
    } else {
      follower.stop();
      followers.delete(source);
      stream.start.settle(source, notReached('it left', 0));
      parts?.leave(source);
    }
  }
  for (const [id, source] of wanted) {
    if (!followers.has(id)) {
      follow(stream, source);
    }
  }
}
