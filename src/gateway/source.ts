import { setImmediate } from 'node:timers/promises';

import { execute, type GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';

import type { Clock } from '../core/clock.ts';
import type { Deadline } from '../core/deadline.ts';
import { SitewideError } from '../core/errors.ts';
import type { RevisionVector } from '../core/revision-vector.ts';
import type { SourceBody, SourceError, SourceRequest } from '../merge/combine.ts';
import { anyCoverage, type Tier } from '../model/coverage.ts';
import type { RequestContext } from '../model/request.ts';
import { ask } from '../scatter/ask.ts';
import { AttemptFailure, type AttemptRecord, failureOf, type Outcome } from '../scatter/outcome.ts';
import type { Target } from '../scatter/target.ts';
import type { PeerTransport } from './peer-transport.ts';

// The members that a gateway's answers come from: its own installation in this process, and every other one behind a
// target of equivalent brokers. Both are asked the same way.

/** A member that contributes to answers. */
export interface Source {
  /** For example `installation:lyon-a`. */
  readonly id: string;
  readonly tier: Tier;
  /** For example `site:lyon`. */
  readonly parent: string;
  /** The installation whose ids are routed here. */
  readonly installation: string;
  /** Asks it. Never rejects: what went wrong is in the outcome. */
  ask(request: SourceRequest, asking: Asking): Promise<Outcome<SourceBody>>;
}

/** On whose behalf and until when a source is asked. */
export interface Asking {
  readonly context: RequestContext;
  /** Ends before the deadline of the request itself, so that a partial answer leaves in time. */
  readonly deadline: Deadline;
  /** Told of each broker's answer, also of one that does not count because another broker may do better. */
  readonly onAnswer?: ((body: SourceBody) => void) | undefined;
}

interface SourceIdentity {
  readonly site: string;
  readonly installation: string;
}

interface LocalSourceOptions extends SourceIdentity {
  readonly schema: GraphQLSchema;
  readonly clock: Clock;
  /** Told of errors that nobody expected; a client sees only that there was one. */
  readonly onFault: (thrown: unknown) => void;
}

/** The own installation, asked in this process. */
export function createLocalSource(options: LocalSourceOptions): Source {
  const { schema, clock, onFault } = options;
  return {
    ...identify(options),
    async ask({ document, operation, variables }, { context, deadline, onAnswer }) {
      const startedAt = clock.now();
      // Executing is one synchronous stretch: the requests to the other sources leave first.
      await setImmediate();
      if (deadline.signal.aborted) {
        const { status, message } = failureOf(null, deadline.signal);
        return { status, message, endpoint: null, attempts: [], latencyMs: clock.now() - startedAt };
      }
      // A change is refused before it is made; what a question rests on is judged once all sources have answered.
      const require = operation === OperationTypeNode.MUTATION ? context.wanted.require : 'ANY';
      const wanted = { ...anyCoverage, require, atLeast: placeOf(context, options.installation) };
      const own: RequestContext = { ...context, deadline, wanted, coverage: new Map() };
      const { data, errors } = await execute({ schema, document, variableValues: variables, contextValue: own });
      const answer: SourceBody = {
        data: data ?? null,
        errors: (errors ?? []).map((error) => visibleError(error, onFault)),
        coverage: Object.fromEntries(own.coverage),
      };
      onAnswer?.(answer);
      return { status: 'OK', answer, endpoint: null, attempts: [], latencyMs: clock.now() - startedAt };
    },
  };
}

interface PeerSourceOptions extends SourceIdentity {
  readonly target: Target;
  readonly transport: PeerTransport;
  readonly clock: Clock;
  readonly random: () => number;
  readonly hedging: boolean;
  /** Told of each request to a broker as it ends. */
  readonly onAttempt?: (record: AttemptRecord, context: RequestContext) => void;
}

/** An installation behind its brokers, asked over the network. */
export function createPeerSource(options: PeerSourceOptions): Source {
  const { transport, installation } = options;
  return {
    ...identify(options),
    ask: (request, { context, deadline, onAnswer }) =>
      ask({
        ...options,
        hedging: options.hedging && request.operation === OperationTypeNode.QUERY,
        deadline,
        isSecondBest,
        onAttempt: (record) => options.onAttempt?.(record, context),
        explain: context.explanation !== undefined,
        send: async (endpoint, signal, traffic) => {
          const body = await transport.send(request, {
            url: `${endpoint.url}/installation/graphql`,
            installation,
            requestId: context.requestId,
            trace: context.trace.childHeaders(),
            remainingMs: deadline.remainingMs(),
            atLeast: placeOf(context, installation),
            signal,
            traffic,
          });
          const problem = request.problemOf(body.data);
          if (problem !== null) {
            throw new AttemptFailure('ERROR', `its answer cannot be right: ${problem}`, { retryable: true });
          }
          onAnswer?.(body);
          return body;
        },
      }),
  };
}

/**
 * The own installation, with its sibling brokers behind it: if this broker's data is old or it has none, a sibling may
 * have seen more.
 */
export function withSiblings(own: Source, siblings: Source): Source {
  return {
    ...own,
    async ask(request, asking) {
      const outcome = await own.ask(request, asking);
      if (outcome.status === 'OK' && !isSecondBest(outcome.answer)) {
        return outcome;
      }
      const other = await siblings.ask(request, asking);
      const isBetter = other.status === 'OK' && !isSecondBest(other.answer);
      // What was asked of siblings in vain is told: a change may have been accepted there.
      return isBetter ? other : { ...outcome, attempts: [...outcome.attempts, ...other.attempts] };
    },
  };
}

/** True if an equivalent broker may do better: old data, or an error that another broker may not have. */
function isSecondBest({ coverage, errors }: SourceBody): boolean {
  return (
    Object.values(coverage).some(({ sources }) => sources.some(({ status }) => status === 'STALE')) ||
    errors.some(({ extensions }) => extensions?.['retryable'] === true)
  );
}

/** What this installation must show at least, of what the caller wants of all. */
function placeOf({ wanted }: RequestContext, installation: string): RevisionVector | null {
  const place = wanted.atLeast?.[installation];
  return place === undefined ? null : { [installation]: place };
}

/** The error as another broker would send it. */
function visibleError(error: GraphQLError, onFault: (thrown: unknown) => void): SourceError {
  const { originalError } = error;
  if (originalError === undefined || originalError === null || originalError instanceof SitewideError) {
    return error.toJSON();
  }
  onFault(originalError);
  const { message, extensions } = new SitewideError('INTERNAL', {});
  return { message, path: error.path, extensions };
}

function identify({ site, installation }: SourceIdentity): Omit<Source, 'ask'> {
  return { id: `installation:${installation}`, tier: 'INSTALLATION', parent: `site:${site}`, installation };
}
