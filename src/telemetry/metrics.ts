import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

import { errorTable } from '../core/errors.ts';
import type { Coverage, Tier } from '../model/coverage.ts';
import type { Delivery } from '../model/delivery.ts';
import type { Operation } from '../model/operation.ts';
import { type BreakerKind, type Observation, observeWith } from './observation.ts';
import { type StreamMetrics, streamMetrics } from './stream-metrics.ts';
import { tallyCounter, tallyHistogram } from './tally.ts';
import { type UpstreamMetrics, upstreamMetrics } from './upstream-metrics.ts';

// What a broker counts, for Prometheus (docs/reference/metrics.md). Labels hold only what the configuration, the schema
// and the table of errors name, never what a client sends, so that the number of series is bounded.

/** What a broker counts, in a registry of its own. */
export interface Metrics extends StreamMetrics, UpstreamMetrics {
  /** A request arrived at a tier; the function given back is told of its end. */
  requestBegan(tier: Tier): (end: RequestEnd) => void;
  /** A request to a broker ended. */
  attemptEnded(attempt: AttemptFacts): void;
  /** The breaker of an endpoint changed. */
  breakerChanged(endpoint: string, to: BreakerKind): void;
  /** What a root field of the schema rests on: the status of each source. */
  covered(field: string, coverage: Coverage): void;
  /** How the rows of a list of the schema came from its sources. */
  delivered(field: string, delivery: Delivery): void;
  /** An operation ended at this broker. */
  operationEnded(operation: Pick<Operation, 'kind' | 'state'>): void;
  /** A request got the answer of another one that asked the same. */
  answerShared(tier: Tier): void;
  /** A request was refused because there are too many. */
  shed(tier: Tier): void;
  /** Where to look, each time the metrics are read, for what is not counted but is. Without it there are no such series. */
  observe(look: () => Observation): void;
  /** The content type of `text()`. */
  readonly contentType: string;
  /** All metrics in the text format of Prometheus. */
  text(): Promise<string>;
}

/** OK: complete and without errors. PARTIAL: some data. ERROR: no data. CANCELLED: the caller went away before. */
export type RequestOutcome = 'ok' | 'partial' | 'error' | 'cancelled';

/** How a request at a tier ended. */
export interface RequestEnd {
  readonly outcome: RequestOutcome;
  readonly durationMs: number;
  /** True if the deadline passed before the answer was there. */
  readonly missedDeadline: boolean;
  /** True if a root field rests on less than all its sources. */
  readonly isIncomplete: boolean;
  /** The codes of the errors in the answer, as clients see them. */
  readonly errorCodes: readonly string[];
}

/** One request to a broker. */
export interface AttemptFacts {
  readonly source: string;
  readonly reason: 'FIRST' | 'RETRY' | 'HEDGE';
  readonly status: string;
  readonly durationMs: number;
}

/** Metrics that start at zero. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = requestMetrics(registry);
  const attempts = attemptMetrics(registry);
  const coverage = new Counter({
    name: 'sitewide_coverage_total',
    help: 'Sources of root fields by how they took part.',
    labelNames: ['field', 'status'],
    registers: [registry],
  });
  const deliveries = new Counter({
    name: 'sitewide_lists_total',
    help: 'Merged lists by how their rows came from the sources, and why not as bytes.',
    labelNames: ['field', 'as', 'reason'],
    registers: [registry],
  });
  const operations = new Counter({
    name: 'sitewide_operations_ended_total',
    help: 'Operations that ended at this broker by kind and state.',
    labelNames: ['kind', 'state'],
    registers: [registry],
  });
  return {
    ...requests,
    ...attempts,
    ...streamMetrics(registry, tiers),
    ...upstreamMetrics(registry),
    covered(field, { sources }) {
      for (const [status, { length }] of Map.groupBy(sources, (source) => source.status)) {
        coverage.inc({ field, status }, length);
      }
    },
    delivered: (field, { as, reason }) => deliveries.inc({ field, as, reason: reason ?? '' }),
    operationEnded: ({ kind, state }) => operations.inc({ kind, state }),
    observe: (look) => observeWith(registry, look),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

/** Half of them below a tenth of a second, where answers on a local network lie, the last ones up to the longest deadline. */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const tiers: readonly Tier[] = ['INSTALLATION', 'SITE', 'FEDERATION'];

type RequestMetrics = Pick<Metrics, 'requestBegan' | 'answerShared' | 'shed'>;

/** What is counted of the requests at one tier. */
interface RequestsAtTier {
  readonly observe: (seconds: number) => void;
  /** What counts one more, by its outcome. */
  readonly ended: Map<RequestOutcome, () => void>;
}

function requestMetrics(registry: Registry): RequestMetrics {
  const registers = [registry];
  const total = tallyCounter({
    name: 'sitewide_requests_total',
    help: 'GraphQL requests answered, or given up because their caller went away.',
    labelNames: ['tier', 'outcome'],
    registers,
  });
  const duration = tallyHistogram({
    name: 'sitewide_request_duration_seconds',
    help: 'How long GraphQL requests took.',
    label: 'tier',
    buckets: durationBuckets,
    registry,
  });
  const inFlight = new Map(tiers.map((tier) => [tier, 0]));
  new Gauge({
    name: 'sitewide_requests_in_flight',
    help: 'GraphQL requests under way.',
    labelNames: ['tier'],
    registers,
    collect() {
      inFlight.forEach((requests, tier) => this.set({ tier }, requests));
    },
  });
  const errors = new Counter({
    name: 'sitewide_graphql_errors_total',
    help: 'Errors in answers by their code.',
    labelNames: ['code'],
    registers,
  });
  const ofTier = (name: string, help: string): Counter<'tier'> =>
    new Counter({ name, help, labelNames: ['tier'], registers });
  const missed = ofTier('sitewide_deadlines_missed_total', 'Requests whose deadline passed before their answer.');
  const cancellations = ofTier('sitewide_cancellations_total', 'Requests whose caller went away before the answer.');
  const incomplete = ofTier('sitewide_coverage_incomplete_total', 'Requests whose answer lacks a source.');
  const shared = ofTier(
    'sitewide_shared_answers_total',
    'Requests that got the answer of another one that asked the same.',
  );
  const shed = ofTier('sitewide_shed_total', 'Requests refused because there were too many.');
  for (const tier of tiers) {
    // A series that appears with its first event has no increase that Prometheus could see.
    [missed, cancellations, incomplete, shared, shed].forEach((metric) => metric.inc({ tier }, 0));
  }
  const byTier = new Map<Tier, RequestsAtTier>();
  const begin = (tier: Tier): RequestsAtTier => {
    const own = { observe: duration(tier), ended: new Map() };
    byTier.set(tier, own);
    return own;
  };
  return {
    requestBegan(tier) {
      inFlight.set(tier, inFlight.get(tier)! + 1);
      return (end) => {
        inFlight.set(tier, inFlight.get(tier)! - 1);
        const { observe, ended } = byTier.get(tier) ?? begin(tier);
        const more = ended.get(end.outcome) ?? total({ tier, outcome: end.outcome });
        ended.set(end.outcome, more);
        more();
        observe(end.durationMs / 1_000);
        if (end.missedDeadline) missed.inc({ tier });
        if (end.isIncomplete) incomplete.inc({ tier });
        if (end.outcome === 'cancelled') cancellations.inc({ tier });
        end.errorCodes.forEach((code) => errors.inc({ code: knownCodes.has(code) ? code : 'other' }));
      };
    },
    answerShared: (tier) => shared.inc({ tier }),
    shed: (tier) => shed.inc({ tier }),
  };
}

/** The codes of our table, and those that GraphQL itself and Apollo Server give. */
const knownCodes: ReadonlySet<string> = new Set([
  ...Object.keys(errorTable),
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

type AttemptMetrics = Pick<Metrics, 'attemptEnded' | 'breakerChanged'>;

/** What is counted of the requests to the brokers of one source. */
interface AttemptsAtSource {
  readonly observe: (seconds: number) => void;
  /** What counts one more, by its status. */
  readonly ended: Readonly<Record<AttemptFacts['reason'], Map<string, () => void>>>;
}

function attemptMetrics(registry: Registry): AttemptMetrics {
  const registers = [registry];
  const count = tallyCounter({
    name: 'sitewide_attempts_total',
    help: 'Requests to other brokers by why they were sent and how they ended.',
    labelNames: ['source', 'reason', 'status'],
    registers,
  });
  const observe = tallyHistogram({
    name: 'sitewide_attempt_duration_seconds',
    help: 'How long requests to other brokers took.',
    label: 'source',
    buckets: durationBuckets,
    registry,
  });
  const ofSource = (name: string, help: string): Counter<'source'> =>
    new Counter({ name, help, labelNames: ['source'], registers });
  const hedges = ofSource('sitewide_hedges_total', 'Requests sent beside a slow one.');
  const wins = ofSource('sitewide_hedge_wins_total', 'Requests sent beside a slow one that were answered first.');
  const retries = ofSource('sitewide_retries_total', 'Requests sent because another broker failed.');
  const transitions = new Counter({
    name: 'sitewide_breaker_transitions_total',
    help: 'Changes of the breakers of endpoints by where they went.',
    labelNames: ['endpoint', 'to'],
    registers,
  });
  const bySource = new Map<string, AttemptsAtSource>();
  const begin = (source: string): AttemptsAtSource => {
    const own = { observe: observe(source), ended: { FIRST: new Map(), RETRY: new Map(), HEDGE: new Map() } };
    bySource.set(source, own);
    // A series that appears with its first event has no increase that Prometheus could see.
    [hedges, wins, retries].forEach((metric) => metric.inc({ source }, 0));
    return own;
  };
  return {
    attemptEnded({ source, reason, status, durationMs }) {
      const { observe: note, ended } = bySource.get(source) ?? begin(source);
      const more = ended[reason].get(status) ?? count({ source, reason, status });
      ended[reason].set(status, more);
      more();
      note(durationMs / 1_000);
      if (reason === 'HEDGE') {
        hedges.inc({ source });
        wins.inc({ source }, Number(status === 'OK'));
      } else if (reason === 'RETRY') {
        retries.inc({ source });
      }
    },
    breakerChanged: (endpoint, to) => transitions.inc({ endpoint, to }),
  };
}
