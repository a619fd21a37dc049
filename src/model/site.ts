// The site as one of its brokers sees it.

/** What is known of a broker's health. The meanings are in schema/site.graphql. */
export type BrokerState = 'SELF' | 'UP' | 'DOWN' | 'PROBING' | 'UNKNOWN';

/** A broker as another one sees it. */
export interface BrokerView {
  readonly id: string;
  readonly endpoint: string;
  readonly state: BrokerState;
  readonly lastError: string | null;
  /** How long its answers take on average. */
  readonly latencyMs: number | null;
  readonly p95Ms: number | null;
  /** Requests of this broker that it has not answered yet. */
  readonly inFlight: number | null;
  /** Milliseconds since 1970; null while it has not been asked. */
  readonly since: number | null;
}

/** An installation as a broker sees it. */
export interface InstallationView {
  /** The configured id. */
  readonly id: string;
  readonly name: string;
  /** The kind of its driver; null as long as this broker has not heard of it. */
  readonly driver: string | null;
  /** Sorted by id. */
  readonly brokers: readonly BrokerView[];
}

/** Whether another site answers. The meanings are in schema/site.graphql. */
export type LinkState = 'UP' | 'DOWN' | 'UNKNOWN';

/** The way to another site, as a broker sees it. Figures are null as long as nothing is known. */
export interface LinkView {
  readonly state: LinkState;
  /** How long a small answer takes over a warm connection. */
  readonly rttMs: number | null;
  readonly p95Ms: number | null;
  readonly requestsPerSecond: number | null;
  /** Both directions. */
  readonly bytesPerSecond: number | null;
}

/** A site as a broker sees it, at this moment. */
export interface SiteView {
  readonly id: string;
  readonly name: string;
  /** The id of the broker whose view this is. */
  readonly answeredBy: string;
  /** How another site is reached; null or absent for the own one. */
  readonly link?: LinkView | null;
  /** Sorted by id. */
  readonly installations: readonly InstallationView[];
}
