import { createHash } from 'node:crypto';

import type { ExecutionResult } from 'graphql';

import { withoutTrail } from '../core/cursor.ts';

// Whether a page that is told live says anything that the last one did not. What drifts with every look is nothing new: how
// long a source took, how current its data is, and which revision the cursors of a page are of.

/** Tells new pages from those that were told. */
export interface News {
  /** True unless the last one said the same; then it is the last one. */
  isNews(result: ExecutionResult): boolean;
}

/** One who has been told nothing. */
export function createNews(): News {
  let told: string | null = null;
  return {
    isNews(result) {
      const now = digestOf(result);
      const isNew = now !== told;
      told = now;
      return isNew;
    },
  };
}

/** True unless the event itself says that its result is nothing new. */
export function isNews(event: unknown, result: ExecutionResult): boolean {
  return !isJudge(event) || event.isNews(result);
}

function isJudge(event: unknown): event is News {
  return typeof event === 'object' && event !== null && 'isNews' in event;
}

const drifting: ReadonlySet<string> = new Set(['latencyMs', 'asOf', 'attempts', 'p95Ms', 'inFlight']);
const pageEnds: ReadonlySet<string> = new Set(['startCursor', 'endCursor']);

/** A page may be large, and every reader has one. */
function digestOf(result: ExecutionResult): string {
  const text = JSON.stringify(result, (name, value: unknown) => {
    if (drifting.has(name)) {
      return undefined;
    }
    return pageEnds.has(name) && typeof value === 'string' ? withoutTrail(value) : value;
  });
  return createHash('sha256').update(text).digest('base64');
}
