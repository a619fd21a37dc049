import { LRUCache } from 'lru-cache';

import { isObject } from '../core/is-object.ts';
import type { AnswerAgain, HttpRequestContext } from './request-context.ts';

// Questions that were asked before. Whatever Apollo Server finds out about the text of an operation, and about the form of its
// answer, is the same each time that it comes; where no plan is needed, only what differs from request to request is done again.
// What is unusual in any way, such as an answer with errors, is left to Apollo Server as if it came for the first time.

/** How an answer is sent. */
export interface SentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The result as JSON. */
  readonly text: string;
}

/** The questions of a path. */
export interface RepeatedQuestions {
  /** The answer to a question, if it was asked before and is answered without errors. */
  answer(asked: Asked): Promise<SentAnswer | null>;
  /** Keeps a question that has just been answered. */
  learn(asked: Asked, headers: SentAnswer['headers']): void;
}

/** A question as it was read. */
export interface Asked {
  readonly method: string;
  /** The value of its header; absent if it has none. */
  readonly accept: string | undefined;
  readonly body: unknown;
  readonly context: HttpRequestContext;
}

interface Known {
  readonly again: AnswerAgain;
  readonly headers: SentAnswer['headers'];
}

/** So many units of text are kept; each stands for some kilobytes of a parsed operation. */
const mostText = 1_000_000;

/** None known yet. */
export function createRepeatedQuestions(): RepeatedQuestions {
  const known = new LRUCache<string, Known>({ maxSize: mostText, sizeCalculation: (_, key) => key.length });
  return {
    async answer(asked) {
      const question = readQuestion(asked);
      const found = question && known.get(question.key);
      if (!found) {
        return null;
      }
      // One that is refused is refused by Apollo Server, in its form.
      const result = await found.again(question.variables, asked.context).catch(() => null);
      return result && { status: 200, headers: found.headers, text: `${JSON.stringify(result)}\n` };
    },
    learn(asked, headers) {
      const { again } = asked.context.findings;
      const question = again && readQuestion(asked);
      if (question) {
        known.set(question.key, { again, headers });
      }
    },
  };
}

interface Question {
  /** What decides how it is checked and in which form it is answered. */
  readonly key: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Null for what is not quite as usual. */
function readQuestion({ method, accept = '', body, context }: Asked): Question | null {
  if (method !== 'POST' || context.streaming || !isObject(body)) {
    return null;
  }
  const { query, variables, operationName, extensions } = body;
  const isUsual =
    typeof query === 'string' &&
    (variables == null || isObject(variables)) &&
    (operationName == null || typeof operationName === 'string') &&
    (extensions == null || (isObject(extensions) && !('persistedQuery' in extensions)));
  return isUsual
    ? {
        key: `${context.isPart ? 'part' : 'client'}\n${accept}\n${operationName ?? ''}\n${query}`,
        variables: variables ?? {},
      }
    : null;
}
