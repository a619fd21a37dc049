import type { ExecutionResult } from 'graphql';

import { createDeadline, withReserve } from '../core/deadline.ts';
import { endable } from '../core/endable.ts';
import { SitewideError } from '../core/errors.ts';
import type { SourceError } from '../merge/combine.ts';
import { answered, areForbidden, type Coverage, reasonsOf, type SourceCoverage } from '../model/coverage.ts';
import { asGraphQLError } from './scatter-data-source.ts';
import { coverageAtStart } from './stream-coverage.ts';
import { mergeEvents } from './stream-merge.ts';
import { type Beginning, createStream, follow, reconcile, type SiteStreamOptions, type Stream } from './stream-set.ts';
import { streamSources } from './stream-sources.ts';

// One subscription of a client on a whole site or federation, from its beginning, which waits for its sources, to its end, which ends
// everything behind it.

/** How long the beginning waits for sources that are slow, in milliseconds. Those that come later begin with a GAP. */
const startPatienceMs = 2_500;
/** The same where another site waits for this one: its own patience has to last for the way, too. */
const partPatienceMs = 1_500;

/**
 * Begins a subscription on all sources of a tier.
 * @throws SitewideError `REVISION_INVALID`, `UNKNOWN_SOURCE`, `NO_SOURCE_ANSWERED`, `FORBIDDEN` or another refusal.
 */
export async function beginSiteStream(
  options: SiteStreamOptions,
  beginning: Beginning,
): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
  const stream = createStream(options, beginning);
  const sources = streamSources({ ...stream, sources: options.membership.current.sources });
  const end = (): void => {
    unlisten();
    stream.followers.forEach((follower) => follower.stop());
    stream.followers.clear();
  };
  const unlisten = options.membership.onChange(() => reconcile(stream));
  let coverage: Coverage;
  try {
    sources.forEach((source) => follow(stream, source));
    const began = await untilBegun(stream);
    if ('message' in began) {
      end();
      return { errors: [asGraphQLError(began)] };
    }
    coverage = began;
  } catch (thrown) {
    end();
    throw thrown;
  }
  stream.hasBegun = true;
  const isPart = stream.context.isPart === true;
  const told = { ...stream, isPart, coverage: coverage.complete && !isPart ? null : coverage };
  return withEnd(
    endable(beginning.signal, (signal) => mergeEvents(told, signal)),
    beginning.signal,
    end,
  );
}

/** Resolves when enough is there to begin with: what that is, or the refusal if the question is at fault. */
async function untilBegun(stream: Stream): Promise<Coverage | SourceError> {
  const { start, context, clock, question, signal, parts, membership } = stream;
  const patienceMs = context.isPart ? partPatienceMs : startPatienceMs;
  const timeoutMs = Math.min(patienceMs, withReserve(context.deadline.remainingMs()));
  using patience = createDeadline({ clock, timeoutMs, parent: signal });
  const { refusal, outcomes } = await start.settled(patience.signal);
  signal.throwIfAborted();
  if (refusal) {
    return refusal;
  }
  const field = question.responseName;
  const coverage = coverageAtStart(membership.current.sources, outcomes);
  const reasons = reasonsOf(coverage.sources.filter(isReason));
  if (!coverage.sources.some(answered)) {
    throw new SitewideError(areForbidden(coverage.sources) ? 'FORBIDDEN' : 'NO_SOURCE_ANSWERED', { field, reasons });
  }
  if (!coverage.complete && context.wanted.require === 'ALL') {
    throw new SitewideError('COVERAGE_NOT_MET', { field, reasons });
  }
  // What the others have is told without those that are away.
  coverage.sources.filter((source) => !answered(source)).forEach(({ id }) => parts?.leave(id));
  return coverage;
}

/** False for the installations of a site that is away as a whole. */
function isReason({ status, parent }: SourceCoverage, _: number, all: readonly SourceCoverage[]): boolean {
  return status !== 'SKIPPED' && all.every((site) => site.id !== parent || answered(site));
}

/** Ends everything behind a stream when it ends, whoever ends it. */
export function withEnd<T>(
  inner: AsyncIterableIterator<T, undefined, undefined>,
  signal: AbortSignal,
  end: () => void,
): AsyncIterableIterator<T, undefined, undefined> {
  signal.addEventListener('abort', end, { once: true });
  const finish = (): void => {
    signal.removeEventListener('abort', end);
    end();
  };
  const outer: AsyncIterableIterator<T, undefined, undefined> = {
    async next() {
      try {
        const result = await inner.next();
        if (result.done === true) {
          finish();
        }
        return result;
      } catch (thrown) {
        finish();
        throw thrown;
      }
    },
    async return() {
      finish();
      await inner.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => outer,
  };
  return outer;
}
