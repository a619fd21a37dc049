import { LRUCache } from 'lru-cache';

import type { RowBatch } from '../rows/row-batch.ts';

// How many rows each source is asked for at first, so that a page of n rows over many sources does not cost n of each: about
// as many as it contributed to the same page before, or else its even share; with a margin either way, since asking a second
// time takes a round trip.

/** Remembers how many rows of a page come from where. */
export interface BatchMemory {
  /** The first batch for each source; null: the whole page. */
  plan(page: BatchedPage, sources: readonly BatchedSource[]): (source: BatchedSource) => RowBatch | null;
  /** How many rows each source contributed to a page. */
  learn(page: BatchedPage, contributed: ReadonlyMap<string, number>): void;
}

/** Which page it is, whatever is on it. */
export interface BatchedPage {
  /** Of the list. */
  readonly hash: Buffer;
  readonly limit: number;
  readonly fromEnd: boolean;
}

interface BatchedSource {
  readonly id: string;
  readonly tier: string;
}

/** A smaller page is asked for as a whole: what is saved is less than a second round trip costs. */
const leastPage = 33;
/** A larger one is refused by whoever is asked. */
const largestPage = 1_000;
/** So many pages are remembered, each a few numbers. */
const rememberedPages = 1_000;
/** How quickly it is forgotten that a source had more on the page. */
const forgetting = 0.25;

/** Nothing remembered. */
export function createBatchMemory(): BatchMemory {
  const pages = new LRUCache<string, ReadonlyMap<string, number>>({ max: rememberedPages });
  const nameOf = ({ hash, limit, fromEnd }: BatchedPage): string => `${hash.toString('latin1')}${limit}${fromEnd}`;
  return {
    plan(page, sources) {
      const { limit } = page;
      if (limit < leastPage || limit > largestPage || sources.length < 2) {
        return () => null;
      }
      const known = pages.get(nameOf(page));
      const even = limit / sources.length;
      return ({ id, tier }) => {
        const expected = known?.get(id);
        const rows = expected === undefined ? even + 3 * Math.sqrt(even) : expected + Math.sqrt(expected) + 1;
        const batch = Math.ceil(rows) + 1;
        // Another round trip to another site takes far longer than its rows.
        return tier === 'INSTALLATION' && batch < limit ? { limit: batch, beyond: null } : null;
      };
    },
    learn(page, contributed) {
      if (page.limit < leastPage) {
        return;
      }
      const name = nameOf(page);
      const known = pages.get(name);
      const learned = Array.from(contributed, ([id, rows]) => {
        const before = known?.get(id) ?? rows;
        return [id, rows >= before ? rows : before + forgetting * (rows - before)] as const;
      });
      pages.set(name, new Map(learned));
    },
  };
}
