import type { ExecutionResult } from 'graphql';

import type { Clock } from '../core/clock.ts';
import { encodeRevisions, type Place } from '../core/revision-vector.ts';
import type { Coverage } from '../model/coverage.ts';
import { asGraphQLError } from './scatter-data-source.ts';
import { clientEvent, type SourceEvent } from './stream-event.ts';
import type { StreamForeign } from './stream-foreign.ts';
import type { StreamParts } from './stream-parts.ts';
import type { StreamQuestion } from './stream-question.ts';
import type { StreamQueue } from './stream-queue.ts';
import { advance } from './stream-taken.ts';

// The events of all sources as one stream: each as it comes, in the order of its source, with a token of all of them.

/** A quiet stream tells its place so often, in milliseconds. */
const bookmarkEveryMs = 10_000;

/** What merging takes. */
interface MergeOptions {
  readonly question: StreamQuestion;
  readonly queue: StreamQueue;
  /** How far each installation is as the reader knows it. */
  readonly told: Map<string, Place>;
  /** Null unless each source has a part of one thing. */
  readonly parts: StreamParts | null;
  /** Adds what the sources do not know; null if nothing of that is wanted. */
  readonly foreign: StreamForeign | null;
  /** True for a broker of another site, which adds up what it is told. */
  readonly isPart: boolean;
  /** Told with the first event, which then comes at once; null if there is nothing to say. */
  readonly coverage: Coverage | null;
  readonly clock: Clock;
}

/** An event as it is told, and what happened. */
interface Told {
  readonly result: ExecutionResult;
  readonly type: string;
}

/** What a reader has been told, and what of it he could be told. */
interface Telling extends Omit<MergeOptions, 'coverage'> {
  coverage: Coverage | null;
  toldAt: number;
  /** The places that have changed since the last event that was told. */
  readonly news: Map<string, Place>;
  /** The last bookmark that was kept back. */
  withheld: SourceEvent | null;
}

/** Reads what comes until there is no more, or throws why it ends. */
export async function* mergeEvents(
  options: MergeOptions,
  signal: AbortSignal,
): AsyncGenerator<ExecutionResult, void, undefined> {
  // Whoever begins is told the place at once; whoever goes on has one, but may have to hear of who is away.
  const toldAt = options.told.size === 0 || options.coverage !== null ? -Infinity : options.clock.now();
  const telling: Telling = { ...options, toldAt, news: new Map(), withheld: null };
  const { queue, told, news } = telling;
  for (;;) {
    const taken = await queue.take(dueInMs(telling), signal);
    if (taken === null) {
      return;
    }
    if (taken !== 'due') {
      advance(told, taken);
      advance(news, taken);
    }
    const event = taken === 'due' ? tell(telling, bookmarkOf(telling)) : tellEvent(telling, taken);
    if (event) {
      yield (await telling.foreign?.complete(event.result, event.type)) ?? event.result;
    }
    if (telling.parts?.isOver && queue.isEmpty) {
      return;
    }
  }
}

/** When a bookmark is due: one that was kept back, or who is away, which is told at once; null if there is neither. */
function dueInMs({ withheld, coverage, toldAt, clock }: Telling): number | null {
  return withheld === null && coverage === null ? null : Math.max(0, toldAt + bookmarkEveryMs - clock.now());
}

function tellEvent(telling: Telling, event: SourceEvent): Told | null {
  const { parts } = telling;
  const whole = parts?.add(event) ?? null;
  if (whole !== null) {
    return tell(telling, { ...event, value: whole });
  }
  if (event.type === 'BOOKMARK' || (parts !== null && event.type !== 'GAP')) {
    // It is told if nothing else is for a while; any other event tells its place as well.
    telling.withheld = event.type === 'BOOKMARK' ? event : telling.withheld;
    return null;
  }
  return tell(telling, event);
}

/** The bookmark that was kept back, or one of ours. */
function bookmarkOf({ withheld, question: { asked, type } }: Telling): Tellable {
  const known: Readonly<Record<string, string>> = { __typename: type.name, type: 'BOOKMARK' };
  const value = Object.fromEntries([...asked].map(([name, field]) => [name, known[field] ?? null]));
  return withheld ?? { type: 'BOOKMARK', value, errors: [] };
}

type Tellable = Pick<SourceEvent, 'type' | 'value' | 'errors'>;

function tell(telling: Telling, { type, value, errors: found }: Tellable): Told {
  const { question, clock } = telling;
  const data = { [question.responseName]: clientEvent(value, tokenOf(telling), question) };
  telling.toldAt = clock.now();
  telling.withheld = null;
  telling.news.clear();
  const errors = found.map(asGraphQLError);
  const extensions = telling.coverage && { coverage: { [question.responseName]: telling.coverage } };
  telling.coverage = null;
  return {
    result: { data, ...(errors.length > 0 && { errors }), ...(extensions && { extensions }) },
    type,
  };
}

/** A client goes on after all places; between sites a token with all of them would outweigh the event. */
function tokenOf({ question, told, news, isPart }: Telling): string {
  const isWanted = [...question.asked.values()].includes('resumeToken');
  return isWanted ? encodeRevisions(Object.fromEntries(isPart ? news : told)) : '';
}
