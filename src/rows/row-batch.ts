import { SitewideError } from '../core/errors.ts';

// A part of a page of rows. Of many sources each gives a few rows of a merged page only, so that none is asked for a whole page
// at once: a batch first, and more where that was too little.

/** Which rows of the page that an operation asks for. */
export interface RowBatch {
  /** At most so many; Infinity: all there are, as a stream. */
  readonly limit: number;
  /** Only what follows this cursor, or precedes it if the page is taken from the end of the list; null: the first batch. */
  readonly beyond: string | null;
}

/** The name of the header that asks for a batch. */
export const batchHeader = 'sitewide-batch';

/** As a header carries it. */
export function encodeBatch({ limit, beyond }: RowBatch): string {
  const size = limit === Infinity ? all : String(limit);
  return beyond === null ? size : `${size} ${beyond}`;
}

const all = 'all';

/**
 * Reads the header; null if there is none.
 * @throws SitewideError `BAD_REQUEST` if it is none that `encodeBatch` writes.
 */
export function decodeBatch(header: string | undefined): RowBatch | null {
  if (header === undefined) {
    return null;
  }
  const { limit, beyond } = /^(?<limit>all|[1-9]\d{0,8})(?: (?<beyond>[\w.-]+))?$/.exec(header)?.groups ?? {};
  if (limit === undefined) {
    throw new SitewideError('BAD_REQUEST', { problem: `the header ${batchHeader} is "${header.slice(0, 80)}"` });
  }
  return { limit: limit === all ? Infinity : Number(limit), beyond: beyond ?? null };
}
