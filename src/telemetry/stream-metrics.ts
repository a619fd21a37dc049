import { Counter, Gauge, type Registry } from 'prom-client';

import type { Tier } from '../model/coverage.ts';

// What a broker counts of its sockets and of the subscriptions on them.

/** What is told of sockets and subscriptions. Each function given back is called once, at the end. */
export interface StreamMetrics {
  socketOpened(tier: Tier): () => void;
  /** A broker opened a conduit here. */
  conduitOpened(tier: Tier): () => void;
  subscriptionBegan(tier: Tier): () => void;
  /** A socket took an event. */
  eventSent(tier: Tier): void;
  /** A socket was closed since its reader took nothing. */
  slowReaderClosed(tier: Tier): void;
}

/** Metrics of streams that start at zero. */
export function streamMetrics(registry: Registry, tiers: readonly Tier[]): StreamMetrics {
  const registers = [registry];
  const labelNames = ['tier'] as const;
  const gauge = (name: string, help: string): Gauge<'tier'> => new Gauge({ name, help, labelNames, registers });
  const counter = (name: string, help: string): Counter<'tier'> => new Counter({ name, help, labelNames, registers });
  const sockets = gauge('sitewide_sockets', 'WebSockets that are open.');
  const conduits = gauge('sitewide_conduits', 'Conduits that other brokers have open here, which are sockets too.');
  const subscriptions = gauge('sitewide_subscriptions', 'Subscriptions that run.');
  const events = counter('sitewide_events_sent_total', 'Events that were sent to clients.');
  const slow = counter('sitewide_slow_readers_closed_total', 'WebSockets that were closed since nobody read.');
  for (const tier of tiers) {
    // A series that appears with its first event has no increase that Prometheus could see.
    [sockets, conduits, subscriptions, events, slow].forEach((metric) => metric.inc({ tier }, 0));
  }
  const during = (metric: Gauge<'tier'>, tier: Tier): (() => void) => {
    metric.inc({ tier });
    return () => metric.dec({ tier });
  };
  return {
    socketOpened: (tier) => during(sockets, tier),
    conduitOpened: (tier) => during(conduits, tier),
    subscriptionBegan: (tier) => during(subscriptions, tier),
    eventSent: (tier) => events.inc({ tier }),
    slowReaderClosed: (tier) => slow.inc({ tier }),
  };
}
