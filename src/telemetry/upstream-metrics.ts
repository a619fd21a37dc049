import { Counter, Gauge, type Registry } from 'prom-client';

// What a broker counts of the streams that it has at sources for the subscriptions of a whole site.

/** OPENING: a broker was asked. PAUSED: the subscriber is slow. AWAY: no broker of the source can be had. */
export type UpstreamState = 'OPENING' | 'LIVE' | 'PAUSED' | 'AWAY';

/** What is told of streams at sources. */
export interface UpstreamMetrics {
  /** The function given back is told of each later state, and of the end by null. */
  streamOpened(source: string): (state: UpstreamState | null) => void;
  /** A stream was lost, and goes on. */
  streamResumed(source: string): void;
  /** A source told that changes were missed. */
  gapMet(source: string): void;
  duplicateDropped(source: string): void;
}

/** Metrics of streams at sources that start at zero. */
export function upstreamMetrics(registry: Registry): UpstreamMetrics {
  const registers = [registry];
  const streams = new Gauge({
    name: 'sitewide_upstream_streams',
    help: 'Streams at sources for subscriptions of the site, by state.',
    labelNames: ['source', 'state'],
    registers,
  });
  const counter = (name: string, help: string): Counter<'source'> =>
    new Counter({ name, help, labelNames: ['source'], registers });
  const resumed = counter('sitewide_upstream_resumptions_total', 'Streams at sources that were lost and went on.');
  const gaps = counter('sitewide_upstream_gaps_total', 'Times that a source told of changes that were missed.');
  const duplicates = counter('sitewide_upstream_duplicates_total', 'Events of sources that were told before.');
  return {
    streamOpened(source) {
      [resumed, gaps, duplicates].forEach((metric) => metric.inc({ source }, 0));
      let state: UpstreamState | null = 'OPENING';
      streams.inc({ source, state });
      return (next) => {
        if (state === next) {
          return;
        }
        if (state !== null) {
          streams.dec({ source, state });
        }
        state = next;
        if (state !== null) {
          streams.inc({ source, state });
        }
      };
    },
    streamResumed: (source) => resumed.inc({ source }),
    gapMet: (source) => gaps.inc({ source }),
    duplicateDropped: (source) => duplicates.inc({ source }),
  };
}
