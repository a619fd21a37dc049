import { Gauge, type Registry } from 'prom-client';

import type { Tier } from '../model/coverage.ts';
import { type LinkObservation, observeLinks } from './link-metrics.ts';

// What is at a moment rather than counted: it is looked at when the metrics are read, so that what has left, such as an
// endpoint, has no series any more.

/** Where a breaker stands. */
export type BreakerKind = 'CLOSED' | 'HALF_OPEN' | 'OPEN';

/** What is at a moment. */
export interface Observation {
  /** Requests that wait for a place, by tier. */
  readonly waiting: ReadonlyMap<Tier, number>;
  /** Bytes of answers that their callers have not taken yet. */
  readonly unsentBytes: number;
  readonly attemptsInFlight: number;
  /** By endpoint. */
  readonly breakers: ReadonlyMap<string, BreakerKind>;
  /** To other sites, by their names as sources. */
  readonly links: ReadonlyMap<string, LinkObservation>;
  readonly inventory: {
    readonly status: 'OK' | 'STALE' | 'UNREACHABLE';
    /** By kind of resource. */
    readonly rows: Readonly<Record<string, number>>;
  };
  readonly operations: {
    /** Of the installation, by state. */
    readonly open: Readonly<Record<'QUEUED' | 'RUNNING', number>>;
    /** That this broker carries out. */
    readonly here: number;
  };
  /** When the first of the broker's certificates expires, in milliseconds since 1970; null without any. */
  readonly certificateExpiresAt: number | null;
}

/** Adds gauges that look each time they are read. */
export function observeWith(registry: Registry, look: () => Observation): void {
  const registers = [registry];
  new Gauge({
    name: 'sitewide_certificate_expires_seconds',
    help: "When the first of this broker's certificates expires, in seconds since 1970; +Inf without any.",
    registers,
    collect() {
      this.set((look().certificateExpiresAt ?? Infinity) / 1_000);
    },
  });
  new Gauge({
    name: 'sitewide_requests_waiting',
    help: 'GraphQL requests that wait for a place, of those in flight.',
    labelNames: ['tier'],
    registers,
    collect() {
      look().waiting.forEach((requests, tier) => this.set({ tier }, requests));
    },
  });
  new Gauge({
    name: 'sitewide_unsent_bytes',
    help: 'Bytes of answers that their callers have not taken yet.',
    registers,
    collect() {
      this.set(look().unsentBytes);
    },
  });
  new Gauge({
    name: 'sitewide_attempts_in_flight',
    help: 'Requests and probes to other brokers under way.',
    registers,
    collect() {
      this.set(look().attemptsInFlight);
    },
  });
  new Gauge({
    name: 'sitewide_breaker_state',
    help: 'Breakers of endpoints: 0 closed, 1 half open, 2 open.',
    labelNames: ['endpoint'],
    registers,
    collect() {
      this.reset();
      look().breakers.forEach((kind, endpoint) => this.set({ endpoint }, breakerNumbers[kind]));
    },
  });
  new Gauge({
    name: 'sitewide_inventory_rows',
    help: 'Resources in the snapshot of the own installation by kind.',
    labelNames: ['kind'],
    registers,
    collect() {
      Object.entries(look().inventory.rows).forEach(([kind, rows]) => this.set({ kind }, rows));
    },
  });
  new Gauge({
    name: 'sitewide_inventory_status',
    help: 'The snapshot of the own installation: 0 current, 1 old, 2 there is none.',
    registers,
    collect() {
      this.set(inventoryNumbers[look().inventory.status]);
    },
  });
  observeOperations(registry, look);
  observeLinks(registry, () => look().links);
}

function observeOperations(registry: Registry, look: () => Observation): void {
  const registers = [registry];
  new Gauge({
    name: 'sitewide_operations_open',
    help: 'Operations of the own installation that have not ended, by state; bulks and their parts each count.',
    labelNames: ['state'],
    registers,
    collect() {
      Object.entries(look().operations.open).forEach(([state, operations]) => this.set({ state }, operations));
    },
  });
  new Gauge({
    name: 'sitewide_operations_running',
    help: 'Operations that this broker carries out.',
    registers,
    collect() {
      this.set(look().operations.here);
    },
  });
}

const breakerNumbers: Readonly<Record<BreakerKind, number>> = { CLOSED: 0, HALF_OPEN: 1, OPEN: 2 };
const inventoryNumbers: Readonly<Record<Observation['inventory']['status'], number>> = {
  OK: 0,
  STALE: 1,
  UNREACHABLE: 2,
};
