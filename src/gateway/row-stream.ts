import type { GraphQLObjectType } from 'graphql';

import { createDeadline, withReserve } from '../core/deadline.ts';
import { SitewideError } from '../core/errors.ts';
import type { SelectedField } from '../core/selection.ts';
import { combine } from '../merge/combine.ts';
import { coverageOf, type Coverage, type SourceCoverage } from '../model/coverage.ts';
import type { RowBatch } from '../rows/row-batch.ts';
import { rowFormOf } from '../rows/row-form.ts';
import type { Outcome } from '../scatter/outcome.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';
import { mergeFeeds, type LineFraming } from './merged-rows.ts';
import { readList } from './merged-list.ts';
import type { OpenRows } from './open-rows.ts';
import { openFeed, type RowFeed } from './row-feed.ts';
import { selectSources } from './select-sources.ts';
import { nestedRecords } from './source-records.ts';
import type { Source } from './source.ts';
import { judgeCoverage } from './verdict.ts';

// A list of any length as a stream of rows: for clients that export it, and for brokers of other sites that merge it with
// theirs. All sources are opened before the first row leaves, so that who requires everything is refused in time; what is lost later
// stands at the end.

/** What a request for a stream gets. */
export interface RowStreaming {
  readonly framing: LineFraming;
  /** Set once the stream is there. */
  stream: RowStream | null;
}

/** A stream that has been opened. Its rows must be taken, or the generator returned. */
export interface RowStream {
  readonly chunks: AsyncGenerator<Buffer, RowStreamEnd, undefined>;
}

/** What is to be said after the rows. */
export interface RowStreamEnd {
  readonly rows: number;
  readonly coverage: Coverage;
}

/**
 * Opens a stream.
 * @throws SitewideError `BAD_REQUEST` if what is asked is no list of rows; or as for a list.
 */
export async function streamRows(
  question: FieldQuestion,
  {
    type,
    field,
    streaming,
  }: { readonly type: GraphQLObjectType; readonly field: SelectedField; readonly streaming: RowStreaming },
): Promise<FieldAnswer> {
  const form = rowFormOf(question.scope, type, field);
  if (typeof form === 'string') {
    throw new SitewideError('BAD_REQUEST', {
      problem: `rows can be sent one by one only of one list of nodes or edges (${form})`,
    });
  }
  const list = readList({ ...question, field: field.name });
  const { first, last } = list;
  if (last != null || (first != null && first < 1)) {
    throw new SitewideError('BAD_REQUEST', {
      problem: 'a stream of rows begins at the start: it takes "first" from 1 on, or none, and no "last"',
    });
  }
  const { concerned, skipped } = selectSources(question);
  const gone = question.context.gone ?? question.context.deadline.signal;
  const feeds = await Promise.all(
    concerned
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((source) =>
        openFeed({ source, listHash: list.hash, clock: question.clock, gone, open: openerOf(question, source) }),
      ),
  );
  const closing = async (): Promise<void> => {
    await Promise.all(feeds.map((feed) => feed[Symbol.asyncDispose]()));
  };
  try {
    judgeCoverage(question, recordsOf(feeds, skipped));
  } catch (thrown) {
    await closing();
    throw thrown;
  }
  const limit = first ?? Infinity;
  async function* chunks(): AsyncGenerator<Buffer, RowStreamEnd, undefined> {
    try {
      const rows = yield* mergeFeeds(feeds, { limit, framing: streaming.framing });
      const coverage = coverageOf(recordsOf(feeds, skipped));
      question.report(coverage);
      return { rows, coverage };
    } finally {
      await closing();
    }
  }
  streaming.stream = { chunks: chunks() };
  return { value: null, errors: [], delivery: { as: 'bytes', reason: null } };
}

/** Opens the rows of a source, at any of its brokers. */
function openerOf(
  { subquery, variables, context, clock, scope }: FieldQuestion,
  source: Source,
): (batch: RowBatch) => Promise<Outcome<OpenRows>> {
  return async (batch) => {
    const { request } = combine(scope.schema, [{ subquery, variables, rows: { batch } }]);
    using deadline = createDeadline({
      clock,
      timeoutMs: withReserve(context.deadline.timeoutMs),
      parent: context.gone,
    });
    return (
      (await source.open?.(request, { context, deadline })) ?? {
        ...{ status: 'UNSUPPORTED', message: 'it sends no streams of rows' },
        ...{ endpoint: null, attempts: [], latencyMs: 0 },
      }
    );
  };
}

function recordsOf(feeds: readonly RowFeed[], skipped: readonly SourceCoverage[]): SourceCoverage[] {
  return [...feeds.flatMap(recordsOfFeed), ...skipped].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function recordsOfFeed({ source, opening, rows, loss, coverage }: RowFeed): readonly SourceCoverage[] {
  const { id, tier, parent } = source;
  const { endpoint, attempts, latencyMs } = opening;
  const told = coverage?.sources.find((one) => one.id === id);
  const own: SourceCoverage = {
    ...{ id, tier, parent, endpoint, latencyMs, rows },
    status: loss?.status ?? told?.status ?? 'OK',
    message: loss?.message ?? told?.message ?? null,
    attempts: attempts.length,
    asOf: told?.asOf ?? null,
  };
  const nested = coverage?.sources.filter((one) => one.parent === id) ?? [];
  return [own, ...(nested.length > 0 ? nested : nestedRecords(source, own.status, own.message))];
}
