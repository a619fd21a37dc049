import { OperationTypeNode } from 'graphql';

import type { Clock } from '../core/clock.ts';
import type { Deadline } from '../core/deadline.ts';
import type { RevisionVector } from '../core/revision-vector.ts';
import type { SourceBody, SourceRequest } from '../merge/combine.ts';
import type { Tier } from '../model/coverage.ts';
import type { RequestContext } from '../model/request.ts';
import { installationSource, readSourceName, siteSource } from '../model/source-name.ts';
import { ask } from '../scatter/ask.ts';
import type { Endpoint } from '../scatter/endpoint.ts';
import type { AttemptRecord, Outcome } from '../scatter/outcome.ts';
import type { Target } from '../scatter/target.ts';
import { examineAnswer } from './examined-answer.ts';
import { siteInstallations, withoutDoublesOf } from './known-installations.ts';
import type { OpenRows } from './open-rows.ts';
import type { PeerTransport, SendOptions } from './peer-transport.ts';
import type { PeerVersions } from './peer-versions.ts';

// The members that a gateway's answers come from: its own installation in this process, every other one of its site
// behind a target of equivalent brokers, and every other site behind all of its brokers. All are asked the same way.

/** Who a member is. */
export interface SourceIdentity {
  /** For example `installation:lyon-a` or `site:lyon`. */
  readonly id: string;
  /** How far a request to it reaches: `INSTALLATION` or `SITE`. */
  readonly tier: Tier;
  /** For example `site:lyon`; null for a site. */
  readonly parent: string | null;
  /** The configured ids of the installations whose rows are there and whose ids are routed there. */
  readonly installations: ReadonlySet<string>;
}

/** A member that contributes to answers. */
export interface Source extends SourceIdentity {
  /** Asks it. Never rejects: what went wrong is in the outcome. */
  ask(request: SourceRequest, asking: Asking): Promise<Outcome<SourceBody>>;
  /** Opens a stream of the rows of its one list; the deadline is that of the opening. Never rejects. Absent: it has none. */
  readonly open?: (request: SourceRequest, asking: Asking) => Promise<Outcome<OpenRows>>;
}

/** On whose behalf and until when a source is asked. */
export interface Asking {
  readonly context: RequestContext;
  /** Ends before the deadline of the request itself, so that a partial answer leaves in time. */
  readonly deadline: Deadline;
  /** Told of each broker's answer, also of one that does not count because another broker may do better. */
  readonly onAnswer?: ((body: SourceBody) => void) | undefined;
}

interface PeerSourceOptions {
  readonly identity: SourceIdentity;
  readonly target: Target;
  readonly transport: Pick<PeerTransport, 'send' | 'open'>;
  /** Asks brokers that may be of another version; without it all are taken to be of this one. */
  readonly versions?: PeerVersions | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly hedging: boolean;
  /** Told of each request to a broker as it ends. */
  readonly onAttempt?: (record: AttemptRecord, context: RequestContext) => void;
}

/** An installation behind its brokers, or a site behind all of its brokers, asked over the network. */
export function createPeerSource(options: PeerSourceOptions): Source {
  const { transport, versions, identity, target, clock, random } = options;
  const urlOf = createAddresses(pathOf(identity.id));
  const sendingOf = (
    { operation }: SourceRequest,
    { context, deadline }: Asking,
    { endpoint, signal, traffic }: Pick<SendOptions, 'signal' | 'traffic'> & { readonly endpoint: Endpoint },
  ): SendOptions => ({
    url: urlOf(endpoint),
    source: identity.id,
    only: narrowed(context, identity),
    principal: context.principal,
    // Only of changes is it written down.
    origin: operation === OperationTypeNode.MUTATION ? (context.origin ?? null) : null,
    requestId: context.requestId,
    trace: context.trace.childHeaders(),
    remainingMs: deadline.remainingMs(),
    atLeast: placesOf(context, identity),
    signal,
    traffic,
  });
  const { open } = transport;
  return {
    ...identity,
    ...(open && {
      open: (request, asking) =>
        ask({
          ...{ target, clock, random },
          hedging: false,
          deadline: asking.deadline,
          isSecondBest: () => false,
          onAttempt: (record) => options.onAttempt?.(record, asking.context),
          send: (endpoint, signal, traffic) => open(request, sendingOf(request, asking, { endpoint, signal, traffic })),
        }),
    }),
    ask: (request, asking) => {
      const { context, deadline, onAnswer } = asking;
      // Asked for each request and source: an object that is written out is made several times quicker than one that is spread.
      return ask({
        target,
        clock,
        random,
        hedging: options.hedging && request.operation === OperationTypeNode.QUERY,
        deadline,
        isSecondBest,
        onAttempt: (record) => options.onAttempt?.(record, context),
        explain: context.explanation !== undefined,
        send(endpoint, signal, traffic) {
          const sending = sendingOf(request, asking, { endpoint, signal, traffic });
          const others = (): readonly string[] => target.endpoints.filter((one) => one !== endpoint).map(urlOf);
          const sent = versions
            ? versions.send(request, sending, others)
            : transport.send(request, sending).then((body) => examineAnswer(request, body));
          return onAnswer ? sent.then((body) => told(onAnswer, body)) : sent;
        },
      });
    },
  };
}

/**
 * Where endpoints answer. All that is known of an address is found by its text, which takes far longer for one that is put
 * together each time.
 */
function createAddresses(path: string): (endpoint: Pick<Endpoint, 'url'>) => string {
  const known = new WeakMap<Pick<Endpoint, 'url'>, string>();
  return (endpoint) => {
    const url = known.get(endpoint) ?? `${endpoint.url}${path}`;
    known.set(endpoint, url);
    return url;
  };
}

function told(onAnswer: (body: SourceBody) => void, body: SourceBody): SourceBody {
  onAnswer(body);
  return body;
}

/**
 * The own installation, with its sibling brokers behind it: if this broker's data is old or it has none, a sibling may
 * have seen more.
 */
export function withSiblings(own: Source, siblings: Source): Source {
  return {
    ...own,
    async open(request, asking) {
      const opened = await own.open!(request, asking);
      return opened.status === 'OK' || !siblings.open ? opened : siblings.open(request, asking);
    },
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

/** True if an equivalent broker may do better: old data, an older version, or an error that another broker may not have. */
function isSecondBest({ coverage, errors, isOutdone = false }: SourceBody): boolean {
  return (
    isOutdone ||
    Object.values(coverage).some(({ sources }) => sources.some(({ status }) => status === 'STALE')) ||
    errors.some(({ extensions }) => extensions?.['retryable'] === true)
  );
}

/** Where brokers answer for a source. */
export function pathOf(source: string): string {
  return readSourceName(source).kind === 'site' ? '/graphql' : '/installation/graphql';
}

/** What this source must show at least, of what the caller wants of all. */
export function placesOf({ wanted }: RequestContext, { installations }: SourceIdentity): RevisionVector | null {
  if (wanted.atLeast === null) {
    return null;
  }
  const places = Object.entries(wanted.atLeast).filter(([installation]) => installations.has(installation));
  return places.length === 0 ? null : Object.fromEntries(places);
}

/** Those of its installations that a site is asked for, by their names as sources; null for all. */
export function narrowed({ wanted }: RequestContext, identity: SourceIdentity): readonly string[] | null {
  const { id, tier, installations } = identity;
  if (tier === 'INSTALLATION') {
    return null;
  }
  if (wanted.sources === null || wanted.sources.includes(id)) {
    return withoutDoublesOf(identity)?.map(installationSource) ?? null;
  }
  return wanted.sources.filter((name) => installations.has(readSourceName(name).id));
}

/** An installation of a site as a source. */
export function identifyInstallation(site: string, installation: string): SourceIdentity {
  return {
    id: installationSource(installation),
    tier: 'INSTALLATION',
    parent: siteSource(site),
    installations: new Set([installation]),
  };
}

/** A site with these installations as a source. */
export function identifySite(site: string, installations: readonly string[]): SourceIdentity {
  return { id: siteSource(site), tier: 'SITE', parent: null, installations: siteInstallations(installations) };
}
