import type { Operation, OperationCounts, OperationState } from './operation.ts';

// What a bulk has come to, from what its parts have come to. Pure: whoever counts comes to the same.

/** The part of an operation that is counted. */
export type CountedPart = Pick<Operation, 'state' | 'progress'>;

/** How the parts are doing. */
export function countParts(parts: readonly CountedPart[]): OperationCounts {
  const inState = (wanted: OperationState): number => parts.filter(({ state }) => state === wanted).length;
  return {
    items: parts.length,
    progress: Math.floor(parts.reduce((sum, { progress }) => sum + progress, 0)),
    succeeded: inState('SUCCEEDED'),
    failed: inState('FAILED'),
    cancelled: inState('CANCELLED'),
  };
}

/** What is to be said of a bulk whose parts are doing so. It ends with the last of them. */
export function bulkNewsOf(
  counts: OperationCounts,
  cancelRequested: boolean,
): Pick<Operation, 'counts' | 'progress' | 'state' | 'error'> {
  const { items, succeeded, failed, cancelled } = counts;
  const state = { counts, progress: items === 0 ? 100 : counts.progress / items, error: null };
  if (succeeded + failed + cancelled < items) {
    return { ...state, state: 'RUNNING' };
  }
  if (succeeded === items) {
    return { ...state, state: 'SUCCEEDED' };
  }
  if (cancelled > 0 && cancelRequested) {
    return { ...state, state: 'CANCELLED' };
  }
  const message = `Of ${items} machines ${succeeded} succeeded, ${failed} failed and ${cancelled} were cancelled.`;
  return { ...state, state: 'FAILED', error: { code: 'PARTIAL_FAILURE', message } };
}

/** A bulk as somebody sees it who sees these of its parts: as if there were no others. */
export function seenBulk<Bulk extends Operation>(bulk: Bulk, parts: readonly Operation[]): Bulk {
  const news = bulkNewsOf(countParts(parts), bulk.cancelRequested);
  const ends = parts.map(({ finishedAt }) => finishedAt ?? Infinity);
  const finishedAt = news.state === 'RUNNING' ? null : Math.max(...ends);
  return { ...bulk, ...news, finishedAt, revision: Math.max(...parts.map(({ revision }) => revision)) };
}

/** True if `counts` are later than `known`: parts never go back from their end. */
export function areLaterCounts(counts: OperationCounts, known: OperationCounts | null): boolean {
  if (known === null) {
    return true;
  }
  const [ended, before] = [endedOf(counts), endedOf(known)];
  return ended > before || (ended === before && counts.progress > known.progress);
}

function endedOf({ succeeded, failed, cancelled }: OperationCounts): number {
  return succeeded + failed + cancelled;
}
