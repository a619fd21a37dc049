import { Counter, Gauge, type Registry } from 'prom-client';

// What is known of the links to other sites, looked at when the metrics are read.

/** A link at a moment. The counts began with this process. */
export interface LinkObservation {
  /** Null before the first probe over an open connection. */
  readonly rttMs: number | null;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly answers: Readonly<Record<'WHOLE' | 'UNCHANGED', number>>;
  readonly unknownTexts: number;
}

/** Adds metrics of links, by the names of the sites as sources. */
export function observeLinks(registry: Registry, look: () => ReadonlyMap<string, LinkObservation>): void {
  const registers = [registry];
  new Gauge({
    name: 'sitewide_link_rtt_seconds',
    help: 'How long a probe takes to another site and back over an open connection, on average.',
    labelNames: ['source'],
    registers,
    collect() {
      this.reset();
      look().forEach(({ rttMs }, source) => rttMs !== null && this.set({ source }, rttMs / 1_000));
    },
  });
  new Counter({
    name: 'sitewide_link_bytes_total',
    help: 'Bytes of HTTP to and from brokers of other sites, with all headers and probes.',
    labelNames: ['source', 'direction'],
    registers,
    collect() {
      this.reset();
      look().forEach(({ sentBytes, receivedBytes }, source) => {
        this.inc({ source, direction: 'sent' }, sentBytes);
        this.inc({ source, direction: 'received' }, receivedBytes);
      });
    },
  });
  new Counter({
    name: 'sitewide_link_answers_total',
    help: 'Answers of other sites: whole, or that nothing has changed.',
    labelNames: ['source', 'kind'],
    registers,
    collect() {
      this.reset();
      look().forEach(({ answers }, source) => {
        this.inc({ source, kind: 'whole' }, answers.WHOLE);
        this.inc({ source, kind: 'unchanged' }, answers.UNCHANGED);
      });
    },
  });
  new Counter({
    name: 'sitewide_link_unknown_texts_total',
    help: 'Requests that another site did not understand as short as they were, so that they were sent in full.',
    labelNames: ['source'],
    registers,
    collect() {
      this.reset();
      look().forEach(({ unknownTexts }, source) => this.inc({ source }, unknownTexts));
    },
  });
}
