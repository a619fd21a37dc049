import type { LinkFigures } from '../gateway/link-meter.ts';
import type { Members } from '../gateway/membership.ts';
import type { StreamObserver } from '../gateway/stream-sink.ts';
import type { InFlight } from '../http/admission.ts';
import type { InventoryState } from '../inventory/state.ts';
import { resourceKinds } from '../model/resource.ts';
import type { RequestContext } from '../model/request.ts';
import type { BreakerState } from '../scatter/breaker.ts';
import type { EndpointState } from '../scatter/endpoint.ts';
import type { AttemptRecord } from '../scatter/outcome.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { BreakerKind, Observation } from '../telemetry/observation.ts';

// What a broker does with other brokers, told to the metrics and to the log.

/** What the scatter layer reports to. */
export interface ScatterObserver {
  onAttempt(source: string, record: AttemptRecord, context: Pick<RequestContext, 'requestId' | 'trace'>): void;
  onBreaker(broker: string, state: BreakerState): void;
}

/** Counts and logs requests to other brokers, and their breakers. */
export function createScatterObserver(metrics: Metrics, logger: Logger): ScatterObserver {
  return {
    onAttempt(source, { broker, reason, status, startedMs, endedMs, message }, { requestId, trace }) {
      const durationMs = endedMs - startedMs;
      metrics.attemptEnded({ source, reason, status, durationMs });
      if (status !== 'OK' && status !== 'SUPERSEDED') {
        const facts = { requestId, traceId: trace.traceId, source, broker, reason, status, durationMs };
        logger.debug({ ...facts, problem: message ?? undefined }, 'A broker gave no good answer.');
      }
    },
    onBreaker(broker, state) {
      metrics.breakerChanged(broker, state.kind);
      logBreaker(logger, broker, state);
    },
  };
}

/** Counts streams at sources, and logs their losses. */
export function createStreamObserver(metrics: Metrics, logger: Logger): StreamObserver {
  return {
    ...metrics,
    streamResumed(source, why) {
      metrics.streamResumed(source);
      logger.debug({ source, problem: why }, 'A stream at a source was lost, and goes on elsewhere.');
    },
  };
}

/** A broker that stays away is tried every few seconds; only its loss and its return are news. */
function logBreaker(logger: Logger, broker: string, state: BreakerState): void {
  switch (state.kind) {
    case 'OPEN':
      if (state.openings === 1) {
        logger.warn({ broker, breaker: state.kind }, 'A broker is asked nothing for now, as it failed repeatedly.');
      } else {
        logger.debug({ broker, breaker: state.kind, openings: state.openings }, 'A broker failed again.');
      }
      break;
    case 'HALF_OPEN':
      logger.debug({ broker, breaker: state.kind }, 'One request tries whether a broker is back.');
      break;
    case 'CLOSED':
      logger.info({ broker, breaker: state.kind }, 'A broker is back.');
  }
}

interface Observed {
  readonly admission: { readonly load: InFlight };
  readonly membership: { readonly current: Members };
  /** What is known of the link to a site, named as a source. */
  readonly figuresOf: (source: string) => LinkFigures;
  readonly inventory: { current(): InventoryState };
  /** Null without a database. */
  readonly operations: { readonly running: number } | null;
  /** When the first of its certificates expires, in milliseconds since 1970; null without any. */
  readonly certificateExpiresAt: number | null;
}

/** What is at this moment, for the metrics. */
export function observe(observed: Observed): Observation {
  const { admission, membership, inventory, operations, figuresOf, certificateExpiresAt } = observed;
  const { load } = admission;
  const { siteTargets } = membership.current;
  const endpoints = [...membership.current.endpoints.values()];
  const { status, snapshot } = inventory.current();
  return {
    waiting: new Map(load.tiers.map(({ tier, waiting }) => [tier, waiting])),
    unsentBytes: load.unsentBytes,
    attemptsInFlight: endpoints.reduce((sum, { inFlight }) => sum + inFlight, 0),
    breakers: new Map(endpoints.map(({ id, state }) => [id, breakerOf(state)])),
    links: new Map(siteTargets.map(({ source }) => [source, figuresOf(source)])),
    inventory: {
      status,
      rows: Object.fromEntries(resourceKinds.map((kind) => [kind, snapshot?.count(kind) ?? 0])),
    },
    operations: { open: openOperations(snapshot), here: operations?.running ?? 0 },
    certificateExpiresAt,
  };
}

function openOperations(snapshot: InventoryState['snapshot']): Observation['operations']['open'] {
  const open = { QUEUED: 0, RUNNING: 0 };
  for (const { state } of snapshot?.rows('Operation') ?? []) {
    if (state === 'QUEUED' || state === 'RUNNING') open[state] += 1;
  }
  return open;
}

function breakerOf(state: EndpointState): BreakerKind {
  switch (state) {
    case 'UNKNOWN':
    case 'UP':
      return 'CLOSED';
    case 'PROBING':
      return 'HALF_OPEN';
    case 'DOWN':
      return 'OPEN';
  }
}
