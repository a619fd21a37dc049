import type { Clock } from '../core/clock.ts';
import type { Reply } from '../merge/combine.ts';
import { rowCount } from '../merge/connection.ts';
import type { Part } from '../merge/strategy.ts';
import { answered, type SourceCoverage, type SourceStatus } from '../model/coverage.ts';
import { readAnswer, type Reading } from './reading.ts';
import type { Source } from './source.ts';
import { blankRecord, nestedRecords } from './source-records.ts';

// The latest page of each source of a live page, and how it stands with those that are silent. What is known of a source that
// was lost is kept for a while, as STALE; then its rows go.

/** A loss that another broker makes good within this is nothing to be told of, in milliseconds. */
export const unnoticedMs = 500;
/** How long the rows of a source that was lost are kept, in milliseconds: long enough for its brokers to be started again. */
export const keptMs = 10_000;

/** A page as a source told it. */
export interface ToldPage {
  readonly reply: Reply;
  /** The broker that told it; null for this one. */
  readonly endpoint: string | null;
  /** How many times one of its brokers was asked so far. */
  readonly attempts: number;
  /** From the question to the first page. */
  readonly latencyMs: number;
}

/** The parts of a live page. */
export interface LiveParts {
  /** A source is asked from now on. */
  expect(source: Source): void;
  forget(id: string): void;
  /** It is asked already; by now it may have other installations. */
  renew(source: Source): void;
  /** What the page amounts to; null if nobody asked. */
  page(id: string, page: ToldPage): Reading | null;
  /** The source is not heard any more, for this reason, and is being asked again. */
  lost(id: string, message: string): void;
  /** All its brokers were asked in vain. */
  away(id: string, problem: { readonly status: SourceStatus; readonly message: string }): void;
  /** How it stands with each source now. */
  readings(): readonly Reading[];
  /** How long until that is different although nothing happens, in milliseconds; null for never. */
  dueInMs(): number | null;
}

/** How it stands with one source. */
interface State {
  source: Source;
  readonly askedAt: number;
  known: Reading | null;
  lost: { readonly at: number; readonly message: string } | null;
  problem: { readonly status: SourceStatus; readonly message: string } | null;
}

/** @param timeoutMs How long a source that has told nothing is PENDING. */
export function createLiveParts({
  clock,
  timeoutMs,
}: {
  readonly clock: Clock;
  readonly timeoutMs: number;
}): LiveParts {
  const states = new Map<string, State>();
  return {
    expect: (source) =>
      void states.set(source.id, { source, askedAt: clock.now(), known: null, lost: null, problem: null }),
    forget: (id) => void states.delete(id),
    renew(source) {
      const state = states.get(source.id);
      if (state) {
        state.source = source;
        state.known = state.known && { ...state.known, source };
      }
    },
    page(id, page) {
      const state = states.get(id);
      const known = state ? readPage(state.source, page) : null;
      Object.assign(state ?? {}, { known, lost: null, problem: null });
      return known;
    },
    lost(id, message) {
      const state = states.get(id);
      if (state) {
        state.lost = { at: state.lost?.at ?? clock.now(), message };
      }
    },
    away(id, problem) {
      const state = states.get(id);
      if (state) {
        state.problem = problem;
        state.lost ??= { at: clock.now(), message: problem.message };
      }
    },
    readings: () => [...states.values()].map((state) => readingOf(state, clock.now(), timeoutMs)),
    dueInMs() {
      const now = clock.now();
      const times = [...states.values()].flatMap((state) => changesOf(state, timeoutMs)).filter((time) => time > now);
      return times.length === 0 ? null : Math.min(...times) - now;
    },
  };
}

function readPage(source: Source, { reply, attempts, ...how }: ToldPage): Reading {
  const reading = readAnswer(
    source,
    { status: 'OK', reply, attempts: [], ...how },
    { rowsOf: (value) => rowCount(value as Part), nullable: false },
  );
  return { ...reading, record: { ...reading.record, attempts } };
}

/** When its reading changes by itself. */
function changesOf({ askedAt, known, lost }: State, timeoutMs: number): readonly number[] {
  if (known === null) {
    return [askedAt + timeoutMs];
  }
  return lost === null ? [] : [lost.at + unnoticedMs, lost.at + keptMs];
}

function readingOf({ source, askedAt, known, lost, problem }: State, now: number, timeoutMs: number): Reading {
  if (known === null) {
    const late = { status: 'TIMEOUT', message: `it has told no page within ${timeoutMs} ms` } as const;
    const waiting = now < askedAt + timeoutMs ? ({ status: 'PENDING', message: null } as const) : late;
    return silent(source, problem ?? waiting);
  }
  if (lost === null || (now < lost.at + unnoticedMs && problem === null)) {
    return known;
  }
  // What whoever asks may not see any more is not kept either.
  if (known.value === null || now >= lost.at + keptMs || problem?.status === 'FORBIDDEN') {
    return silent(source, problem ?? { status: 'UNREACHABLE', message: lost.message });
  }
  return old(known, `it is being reached again: ${(problem ?? lost).message}`);
}

/** Nothing is known of it. */
function silent(
  source: Source,
  { status, message }: { readonly status: SourceStatus; readonly message: string | null },
): Reading {
  return {
    source,
    record: blankRecord(source, status, message),
    nested: nestedRecords(source, status, message === null ? null : `its site: ${message}`),
    value: null,
    errors: [],
    refusal: null,
    failure: null,
  };
}

/** What is known of it is old. */
function old(known: Reading, message: string): Reading {
  const aged = (record: SourceCoverage): SourceCoverage =>
    answered(record) ? { ...record, status: 'STALE', message } : record;
  return { ...known, record: aged(known.record), nested: known.nested.map(aged) };
}
