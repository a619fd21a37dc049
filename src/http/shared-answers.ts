import type { IncomingHttpHeaders } from 'node:http';

import { abortable } from '../core/abort.ts';
import type { ReadyAnswer } from './ready-answer.ts';
import type { HttpRequestContext } from './request-context.ts';

// Who asks the very same as somebody who is being answered gets the same answer: same user, same text, same variables, same
// way of asking. Dashboards do, as often as they are open. Only questions, and only as long as the first of them is under way:
// nothing is kept.

/** Answers that are under way. */
export interface SharedAnswers {
  /**
   * The answer to a question, made once for all who ask it meanwhile.
   * @param key What makes a question the same; null for one that is answered alone.
   * @throws whatever `work` throws, or the reason of the deadline.
   */
  answer(key: string | null, context: HttpRequestContext, work: () => Promise<ReadyAnswer>): Promise<ReadyAnswer>;
}

/** What others get of an answer; or why they do not. */
type Shared =
  | { readonly kind: 'answer'; readonly ready: ReadyAnswer; readonly context: HttpRequestContext }
  /** It is none for others, who find out alone. */
  | { readonly kind: 'none' }
  /** Who asked first went away; one of the others takes over. */
  | { readonly kind: 'gone' };

/** An answer that is under way. */
interface Running {
  /** Null once it is over: a Map may go on knowing whoever was in it for a while (`src/core/roll.ts`), and answers are large. */
  promise: Promise<Shared> | null;
  /** True if others wait for it as well. */
  isWanted: boolean;
}

/** @param onShared Told each time somebody gets the answer of somebody else. */
export function createSharedAnswers(onShared: () => void): SharedAnswers {
  const running = new Map<string, Running>();
  const lead = async (
    key: string,
    context: HttpRequestContext,
    work: () => Promise<ReadyAnswer>,
  ): Promise<ReadyAnswer> => {
    const { promise, resolve } = Promise.withResolvers<Shared>();
    const own: Running = { promise, isWanted: false };
    running.set(key, own);
    try {
      const made = await work();
      const ready = own.isWanted ? { ...made, isShared: true } : made;
      const isForAll = ready.status === 200 && 'length' in ready.body && !context.deadline.signal.aborted;
      resolve(isForAll ? { kind: 'answer', ready, context } : { kind: context.gone?.aborted ? 'gone' : 'none' });
      return ready;
    } finally {
      running.delete(key);
      own.promise = null;
      resolve({ kind: context.gone?.aborted ? 'gone' : 'none' });
    }
  };
  return {
    async answer(key, context, work) {
      if (key === null) {
        return work();
      }
      for (let found = running.get(key); found !== undefined; found = running.get(key)) {
        found.isWanted = true;
        const shared = await abortable(found.promise!, context.deadline.signal);
        if (shared.kind === 'answer') {
          onShared();
          adopt(context, shared.context);
          return shared.ready;
        }
        if (shared.kind === 'none') {
          return work();
        }
      }
      return lead(key, context, work);
    },
  };
}

/** What was found out about the answer, for the log and the metrics. */
function adopt(context: HttpRequestContext, { findings, coverage }: HttpRequestContext): void {
  Object.assign(context.findings, findings);
  coverage.forEach((value, path) => context.coverage.set(path, value));
}

/** A longer question is not looked for among others. */
const longestKey = 65_536;

interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Its text, in full. */
  readonly query: string;
  /** The request as it was read. */
  readonly sent: unknown;
}

/** What makes a question the same; null for what is answered alone: changes, parts of larger answers, and who wants to know how. */
export function questionKey(context: HttpRequestContext, { path, headers, query, sent }: Asked): string | null {
  const { principal, isPart, link, streaming, explanation, wantsCost } = context;
  const isAlone =
    isPart || link || streaming || explanation || wantsCost || headers['sitewide-deadline-ms'] !== undefined;
  // A query may have one of these words in it; then it is answered alone.
  if (isAlone || /mutation|subscription|@explain/.test(query)) {
    return null;
  }
  const { subject, groups, site } = principal;
  const key = JSON.stringify([path, headers.accept ?? '', subject, groups, site, sent]);
  return key.length > longestKey ? null : key;
}
