import type { ExecutionResult, GraphQLSchema } from 'graphql';

import type { PeerCertificates } from '../auth/certificate/peer-certificates.ts';
import type { Vouching } from '../auth/vouching.ts';
import { createLiveForeign } from './live-foreign.ts';
import { readLive } from './live-question.ts';
import { beginLive } from './live-stream.ts';
import { beginSiteStream } from './site-stream.ts';
import type { OwnStreams, StreamCaller } from './stream-broker.ts';
import { createStreamBrokers } from './stream-broker.ts';
import { type AskSite, createStreamForeign } from './stream-foreign.ts';
import { createStreamLinks } from './stream-link.ts';
import { createVersionedLinks } from './stream-versions.ts';
import type { PeerVersions } from './peer-versions.ts';
import { readStream, type StreamRequest } from './stream-question.ts';
import type { SiteStreamOptions } from './stream-set.ts';
import { baseRequest } from './stream-split.ts';

// The subscriptions of a whole site: at the own installation in this process, at every other one at one of its brokers,
// merged into one stream that none of their losses ends.

/** Carries out the subscriptions of a site. Disposing it closes the connections to other brokers. */
export interface SiteStreams extends AsyncDisposable {
  /** The schema that subscriptions are validated against, as it is now. */
  readonly schema: () => GraphQLSchema;
  /**
   * Begins a subscription that is valid.
   * @throws SitewideError if it cannot begin.
   */
  subscribe(request: SiteStreamRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>;
}

/** A subscription to begin. */
export interface SiteStreamRequest extends StreamRequest, StreamCaller {
  /** Aborts when the stream is to end, also before it has begun. */
  readonly signal: AbortSignal;
}

interface SiteStreamsOptions extends Omit<SiteStreamOptions, 'brokers'> {
  /** The base schema; its directives say how each subscription crosses the tier. */
  readonly baseSchema: GraphQLSchema;
  /** The schema of the site's clients, as it is now. */
  readonly schema: () => GraphQLSchema;
  readonly own: OwnStreams;
  /** Understands brokers of other versions; without it all are taken to be of this one. */
  readonly versions?: PeerVersions;
  /** What brokers prove who they are with; absent: nothing. */
  readonly certificates?: PeerCertificates | null;
  /** How many subscriptions the brokers of the site take on one socket. */
  readonly mostPerSocket: number;
  /** Says in whose name other brokers are asked; absent: nobody does. */
  readonly vouching?: Vouching;
  /** For what an operator's own subgraphs add to the base schema. */
  readonly askSite: AskSite;
}

/** The subscriptions of a site. */
export function createSiteStreams(options: SiteStreamsOptions): SiteStreams {
  const { baseSchema, own, membership } = options;
  const ownLinks = createStreamLinks(options);
  const links = options.versions ? createVersionedLinks(ownLinks, options.versions) : ownLinks;
  const brokers = createStreamBrokers({ ...options, links, members: () => membership.current });
  return {
    schema: options.schema,
    async subscribe(request) {
      const { newContext, turn, signal } = request;
      // It lasts until the stream has begun.
      using context = newContext();
      const api = options.schema();
      const ofBase = baseRequest(api, baseSchema, request);
      const caller = { newContext, turn };
      const live = readLive(baseSchema, ofBase ?? request, context.wanted.atLeast);
      const split = ofBase && { api, base: baseSchema, request, caller, ask: options.askSite };
      if (live !== null) {
        const foreign = split && createLiveForeign(split);
        return 'errors' in live
          ? live
          : await beginLive({ ...options, brokers }, { question: live, foreign, context, caller, signal });
      }
      const question = readStream(baseSchema, ofBase ?? request, context.wanted.atLeast);
      if ('errors' in question) {
        return question;
      }
      if (question.crossing.kind === 'local') {
        return await own.subscribe(request);
      }
      const foreign = split && createStreamForeign(split);
      return await beginSiteStream({ ...options, brokers }, { question, foreign, context, caller, signal });
    },
    [Symbol.asyncDispose]: () => links[Symbol.asyncDispose](),
  };
}
