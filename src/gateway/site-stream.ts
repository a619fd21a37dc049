import type { ExecutionResult } from 'graphql';

import { createDeadline, withReserve } from '../core/deadline.ts';
import { endable } from '../core/endable.ts';
import { SitewideError } from '../core/errors.ts';
import type { SourceError } from '../merge/combine.ts';
import { asGraphQLError } from './scatter-data-source.ts';
import { mergeEvents } from './stream-merge.ts';
import { type Beginning, createStream, follow, reconcile, type SiteStreamOptions, type Stream } from './stream-set.ts';
import { streamSources } from './stream-sources.ts';

// One subscription of a client on a whole site, from its beginning, which waits for its sources, to its end, which ends
// everything behind it.

/** How long the beginning waits for sources that are slow, in milliseconds. Those that come later begin with a GAP. */
const startPatienceMs = 2_500;

/**
 * Begins a subscription on the site.
 * @throws SitewideError `REVISION_INVALID`, `UNKNOWN_SOURCE`, `NO_SOURCE_ANSWERED` or another refusal.
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
  try {
    sources.forEach(({ id }) => follow(stream, id));
    const refusal = await untilBegun(stream);
    if (refusal) {
      end();
      return { errors: [asGraphQLError(refusal)] };
    }
  } catch (thrown) {
    end();
    throw thrown;
  }
  stream.hasBegun = true;
  return withEnd(
    endable(beginning.signal, (signal) => mergeEvents(stream, signal)),
    beginning.signal,
    end,
  );
}

/** Resolves when enough is there to begin with; gives the refusal if the question is at fault. */
async function untilBegun(stream: Stream): Promise<SourceError | null> {
  const { start, context, clock, question, signal, parts } = stream;
  const timeoutMs = Math.min(startPatienceMs, withReserve(context.deadline.remainingMs()));
  using patience = createDeadline({ clock, timeoutMs, parent: signal });
  const { refusal, reached, away } = await start.settled(patience.signal);
  signal.throwIfAborted();
  if (refusal) {
    return refusal;
  }
  const field = question.responseName;
  const reasons = away.map(({ source, message }) => `${source} is UNREACHABLE (${message})`).join(', ');
  if (reached.length === 0) {
    throw new SitewideError('NO_SOURCE_ANSWERED', { field, reasons: reasons || 'there is no source to ask' });
  }
  if (away.length > 0 && context.wanted.require === 'ALL') {
    throw new SitewideError('COVERAGE_NOT_MET', { field, reasons });
  }
  // What the others have is told without those that are away.
  away.forEach(({ source }) => parts?.leave(source));
  return null;
}

/** Ends everything behind a stream when it ends, whoever ends it. */
function withEnd<T>(
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
