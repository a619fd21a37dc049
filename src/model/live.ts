import { SitewideError } from '../core/errors.ts';
import type { PageArgs } from './page.ts';

// What live pages are at every tier: the page of a list, told again and again.

/** Fewer than in a list that is asked for, since a page is made anew whenever something on it changes. */
const mostRows = 200;

/** Between two pages, in milliseconds: four a second are as many as somebody who looks at them can tell apart. */
export const livePauseMs = 250;

/** The field that answers once what this one tells live: their cursors are the same. */
export function listOfLive(field: string): string {
  return field.replace(/Live$/, '');
}

/**
 * Refuses pages that are too large to be told live.
 * @throws SitewideError `INVALID_ARGUMENT`.
 */
export function checkLiveSize({ first, last }: PageArgs): void {
  for (const [argument, size] of Object.entries({ first, last })) {
    if (typeof size === 'number' && size > mostRows) {
      const problem = `a live page has at most ${mostRows} rows`;
      throw new SitewideError('INVALID_ARGUMENT', { argument, problem, found: size });
    }
  }
}
