import type { ExecutionResult, GraphQLError } from 'graphql';

import { withReserve } from '../core/deadline.ts';
import { endable } from '../core/endable.ts';
import { SitewideError } from '../core/errors.ts';
import type { Coverage } from '../model/coverage.ts';
import { coverageOf, reasonsOf } from '../model/coverage.ts';
import { listOfLive } from '../model/live.ts';
import { createNews } from '../model/news.ts';
import { createLivePace } from './live-pace.ts';
import { followSources, type LiveBeginning, type LiveOptions, type LiveSet } from './live-set.ts';
import { mergeList, readList, type WantedList, withEarlier } from './merged-list.ts';
import { allRecords, type Reading } from './reading.ts';
import { asGraphQLError } from './scatter-data-source.ts';
import { withEnd } from './site-stream.ts';

// One live page of a client on all sources of a tier: the merge of the latest page of each. It begins with what is there, and
// is told again when it is different; a reader who lags gets the page as it is when he reads.

/** How long the first page waits for the first rows, in milliseconds. */
const firstPageMs = 100;

/** A live page that is told. */
interface Live extends LiveBeginning, Pick<LiveOptions, 'clock'> {
  readonly list: WantedList;
  readonly set: LiveSet;
}

/**
 * Begins a live page.
 * @throws SitewideError `UNKNOWN_SOURCE`, `COVERAGE_NOT_MET` or what is wrong with a cursor.
 */
export async function beginLive(
  options: LiveOptions,
  beginning: LiveBeginning,
): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
  const { question, context, signal } = beginning;
  const { args, field } = question;
  const list = readList({ field: listOfLive(field.name), args, context });
  const timeoutMs = withReserve(context.deadline.remainingMs());
  const set = followSources(options, beginning, timeoutMs);
  const live: Live = { ...beginning, list, set, clock: options.clock };
  try {
    await untilBegun(live, timeoutMs);
  } catch (thrown) {
    set[Symbol.dispose]();
    throw thrown;
  }
  if (set.refusal) {
    set[Symbol.dispose]();
    return { errors: [asGraphQLError(set.refusal)] };
  }
  const end = (): void => set[Symbol.dispose]();
  return withEnd(
    endable(signal, (until) => tellPages(live, until)),
    signal,
    end,
  );
}

/** Waits until there is something to begin with; with `require: ALL`, until everything is there. */
async function untilBegun(live: Live, timeoutMs: number): Promise<void> {
  const { clock, set, signal, context, question } = live;
  const needsAll = context.wanted.require === 'ALL';
  const until = clock.now() + (needsAll ? timeoutMs : Math.min(firstPageMs, timeoutMs));
  const isEnough = (): boolean => {
    const readings = set.readings();
    return needsAll ? coverageNow(live).complete : isWhole(readings) || readings.some(({ value }) => value !== null);
  };
  while (set.refusal === null && !isEnough() && clock.now() < until) {
    await set.bell.wait(until - clock.now(), signal);
  }
  if (set.refusal === null && needsAll && !isEnough()) {
    throw notMet(question.responseName, coverageNow(live));
  }
}

async function* tellPages(live: Live, signal: AbortSignal): AsyncGenerator<ExecutionResult, void, undefined> {
  const { clock, set, caller } = live;
  const [pace, news] = [createLivePace(clock), createNews()];
  let wasWhole = true;
  for (;;) {
    if (set.refusal) {
      throw asGraphQLError(set.refusal);
    }
    const isNowWhole = isWhole(set.readings());
    const dueInMs = pace.dueInMs(isNowWhole && !wasWhole);
    if (dueInMs > 0) {
      await set.bell.wait(dueInMs, signal);
      continue;
    }
    await caller.turn();
    const result = pageOf(live);
    if (news.isNews(result)) {
      pace.told();
      wasWhole = isNowWhole;
      yield (await live.foreign?.complete(result)) ?? result;
    }
    await set.bell.wait(set.dueInMs(), signal);
  }
}

/** True if nobody is waited for. */
function isWhole(readings: readonly Reading[]): boolean {
  return readings.flatMap(allRecords).every(({ status }) => status !== 'PENDING');
}

function coverageNow({ set, list }: Live, readings: readonly Reading[] = set.readings()): Coverage {
  const records = [...readings.flatMap(allRecords), ...set.selection.skipped];
  return coverageOf(
    withEarlier(
      list,
      [...records].sort((a, b) => (a.id < b.id ? -1 : 1)),
    ),
  );
}

/** The page as it is now, or why there is none. */
function pageOf(live: Live): ExecutionResult {
  const { question, list, set } = live;
  const { responseName, scope, type, field } = question;
  const readings = set.readings();
  const coverage = coverageNow(live, readings);
  const extensions = { coverage: { [responseName]: coverage } };
  const parts = readings.filter(({ value }) => value !== null);
  const problem = problemOf(live, { coverage, isEmpty: parts.length === 0 });
  if (problem) {
    return { data: { [responseName]: null }, errors: [problem], extensions };
  }
  const { value, errors } = mergeList({ list, scope, type, field, coverage }, parts);
  return {
    data: { [responseName]: value },
    ...(errors.length > 0 && { errors: errors.map(asGraphQLError) }),
    extensions,
  };
}

interface Standing {
  readonly coverage: Coverage;
  /** True if no source has given a page. */
  readonly isEmpty: boolean;
}

/** An empty page would say that there is nothing, so that it is told only as long as somebody may still answer. */
function problemOf({ question, context }: Live, { coverage, isEmpty }: Standing): GraphQLError | null {
  const field = question.responseName;
  if (context.wanted.require === 'ALL' && !coverage.complete) {
    return errorOf(field, notMet(field, coverage));
  }
  if (isEmpty && coverage.sources.every(({ status }) => status !== 'PENDING')) {
    const reasons = reasonsOf(coverage.sources);
    return errorOf(field, new SitewideError('NO_SOURCE_ANSWERED', { field, reasons }, { details: { coverage } }));
  }
  return null;
}

function notMet(field: string, coverage: Coverage): SitewideError {
  const reasons = reasonsOf(coverage.sources.filter(({ status }) => status !== 'SKIPPED'));
  return new SitewideError('COVERAGE_NOT_MET', { field, reasons }, { details: { coverage } });
}

function errorOf(field: string, { message, extensions }: SitewideError): GraphQLError {
  return asGraphQLError({ message, extensions, path: [field] });
}
