import { createHash } from 'node:crypto';

import { canonicalJson } from '../core/canonical-json.ts';
import type { Coverage, SourceCoverage } from './coverage.ts';

// An answer that did not change need not be sent again. What it says is validated: its data, its errors, and which sources
// it rests on. How long the sources took, when their data was current and how many rows were fetched of each differs from time
// to time; that is sent in any case, in few bytes. Any broker of a site comes to the same validator, as it is made of the content alone.

/** What root fields rest on, by response name. */
export type Coverages = Readonly<Record<string, Coverage>>;

/** What differs each time about one source. `asOf` is in milliseconds since 1970. */
export type Timing = readonly [
  latencyMs: number | null,
  endpoint: string | null,
  attempts: number,
  asOf: number | null,
  /** Absent from brokers that counted it among what lasts. */
  rows?: number | null,
];

/** The timings of the sources of each root field, in the order of the sources. */
export type Timings = Readonly<Record<string, readonly Timing[]>>;

/** 132 bits, as with the names of texts. */
const validatorCharacters = 22;

/**
 * The validator of an answer.
 * @param content The text of its data and errors.
 */
export function validatorOf(content: Buffer | string, coverages: Coverages): string {
  const lasting = Object.entries(coverages).map(([name, { sources, ...rest }]) => [
    name,
    rest,
    sources.map(lastingPart),
  ]);
  const hash = createHash('sha256').update(content).update('\n').update(canonicalJson(lasting));
  return hash.digest('base64url').slice(0, validatorCharacters);
}

/** The part of an answer that differs each time. */
export function timingsOf(coverages: Coverages): Timings {
  return Object.fromEntries(Object.entries(coverages).map(([name, { sources }]) => [name, sources.map(timingOf)]));
}

/** The coverage of an earlier answer with the timings of a later one; null if they do not fit. */
export function withTimings(coverages: Coverages, timings: unknown): Coverages | null {
  const timed: [name: string, coverage: Coverage][] = [];
  for (const [name, coverage] of Object.entries(coverages)) {
    const found = readTimings(timings, name);
    if (found?.length !== coverage.sources.length) {
      return null;
    }
    timed.push([name, { ...coverage, sources: coverage.sources.map((source, at) => withTiming(source, found[at]!)) }]);
  }
  return Object.fromEntries(timed);
}

/** All but the timing, whatever is added to records one day. */
function lastingPart({
  latencyMs: _,
  endpoint: __,
  attempts: ___,
  asOf: ____,
  rows: _____,
  ...lasting
}: SourceCoverage): Omit<SourceCoverage, 'latencyMs' | 'endpoint' | 'attempts' | 'asOf' | 'rows'> {
  return lasting;
}

function timingOf({ latencyMs, endpoint, attempts, asOf, rows }: SourceCoverage): Timing {
  // Tenths are enough for people, and half as long.
  const latency = latencyMs === null ? null : Math.round(latencyMs * 10) / 10;
  return [latency, endpoint, attempts, asOf === null ? null : Date.parse(asOf), rows];
}

function withTiming(source: SourceCoverage, [latencyMs, endpoint, attempts, asOf, rows]: Timing): SourceCoverage {
  const instant = asOf === null ? null : new Date(asOf).toISOString();
  return { ...source, latencyMs, endpoint, attempts, asOf: instant, rows: rows === undefined ? source.rows : rows };
}

function readTimings(timings: unknown, name: string): readonly Timing[] | null {
  const found: unknown =
    typeof timings === 'object' && timings !== null ? (timings as Readonly<Record<string, unknown>>)[name] : null;
  return Array.isArray(found) && found.every(isTiming) ? found : null;
}

/** The furthest from 1970 that a date can be, in milliseconds. */
const latestMs = 8.64e15;

function isTiming(value: unknown): value is Timing {
  const [latencyMs, endpoint, attempts, asOf, rows] = Array.isArray(value) ? (value as unknown[]) : [];
  return (
    (latencyMs === null || typeof latencyMs === 'number') &&
    (endpoint === null || typeof endpoint === 'string') &&
    typeof attempts === 'number' &&
    (asOf === null || (typeof asOf === 'number' && Math.abs(asOf) <= latestMs)) &&
    (rows === null || rows === undefined || typeof rows === 'number')
  );
}
