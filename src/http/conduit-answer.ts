import type { IncomingMessage } from 'node:http';

import { SitewideError } from '../core/errors.ts';
import { release } from '../core/release.ts';
import type { Roll } from '../core/roll.ts';
import type { Tier } from '../model/coverage.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { resultOf } from './answer.ts';
import type { ConduitAsked } from './conduit-session.ts';
import { executeGraphQL, type GraphQLEndpoint, type GraphQLRequest } from './graphql-endpoint.ts';
import type { DoorOptions } from './known-broker.ts';
import type { Arriving } from './reception.ts';
import { errorOf, retryAfterOf } from './refuse.ts';
import type { RepeatedQuestions } from './repeated-questions.ts';
import { requestIdOf } from './request-context.ts';
import { reportRequest } from './request-report.ts';
import type { StreamPlaces } from './row-answer.ts';
import type { SharedAnswers } from './shared-answers.ts';
import type { TrustedDocuments } from './trusted-documents.ts';
import { receiveVisit, type UnderWay, type VisitOptions } from './visit.ts';

// Answers what comes over a conduit: with the same admission, limits and records as over HTTP.

interface ConduitAnswering extends VisitOptions, Pick<DoorOptions, 'listener' | 'logger'> {
  readonly peerOf: (request: IncomingMessage) => Arriving['peer'];
  readonly identity: { readonly installation: string; readonly schema?: string };
  readonly limits: { readonly bodyBytes: number };
  readonly trusted: TrustedDocuments;
  readonly places: StreamPlaces;
  readonly sharedAt: ReadonlyMap<Tier, SharedAnswers>;
  readonly repeatedAt: ReadonlyMap<Tier, RepeatedQuestions>;
  readonly metrics: Metrics;
  readonly underWay: Roll<UnderWay>;
}

/** A request, and what the conduit was opened with. */
interface Came {
  readonly endpoint: GraphQLEndpoint;
  readonly opened: IncomingMessage;
  readonly asked: ConduitAsked;
}

/** Answers a request. Never rejects: what goes wrong is told to whoever asks. */
export async function answerOverConduit(came: Came, options: ConduitAnswering): Promise<void> {
  const { asked } = came;
  const { identity, logger, newId } = options;
  const requestId = requestIdOf(asked.headers, newId);
  asked.headers['sitewide-request-id'] = requestId;
  try {
    await report(came, requestId, options);
  } catch (thrown) {
    const error = errorOf(thrown, { requestId, logger });
    const retryAfter = retryAfterOf(error);
    const headers = {
      ...nameOf(identity),
      'content-type': 'application/json; charset=utf-8',
      ...(retryAfter !== null && { 'retry-after': retryAfter }),
    };
    // Whoever is gone cannot be told.
    await asked
      .reply({ status: error.status, headers, body: Buffer.from(JSON.stringify(resultOf(error))) })
      .catch(() => undefined);
  }
}

async function report({ endpoint, opened, asked }: Came, requestId: string, options: ConduitAnswering): Promise<void> {
  const { metrics, logger, clock, listener, peerOf, underWay, identity, limits, trusted, places } = options;
  const { tier } = endpoint;
  const { headers, body } = asked;
  const address = opened.socket.remoteAddress ?? null;
  const caller = address ?? undefined;
  const graphql: GraphQLRequest = {
    method: 'POST',
    headers,
    search: '',
    readBody: async (limitBytes) => {
      if (body.length > limitBytes) {
        throw new SitewideError('BODY_TOO_LARGE', { limitBytes });
      }
      return body;
    },
  };
  const shared = options.sharedAt.get(tier)!;
  const repeated = options.repeatedAt.get(tier)!;
  await reportRequest({ metrics, logger, clock, tier, caller, requestId }, (arrived) =>
    receiveVisit(
      {
        tier,
        headers,
        arrived,
        response: null,
        arriving: () => ({ listener, tier, headers, peer: peerOf(opened), address }),
        whenGone: (tell) => asked.whenGone(tell),
      },
      options,
      underWay,
      async ({ context, visit }) => {
        const executing = { asked: graphql, context, visit, trusted, places, shared, repeated };
        const answer = await executeGraphQL(endpoint, { ...executing, limitBytes: limits.bodyBytes });
        visit.finish('length' in answer.body ? answer.body.length : 0);
        const { status, body: made } = answer;
        await asked.reply({ status, headers: { ...nameOf(identity), ...answer.headers }, body: made });
        if ('length' in made && !answer.isShared) {
          release(made);
        }
      },
    ),
  );
}

/** Whose answer it is. */
function nameOf({ installation, schema }: ConduitAnswering['identity']): Record<string, string> {
  return {
    'sitewide-installation': installation,
    ...(schema !== undefined && { 'sitewide-schema': schema }),
  };
}
