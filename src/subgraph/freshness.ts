import type { Place } from '../core/revision-vector.ts';
import type { FeedLog } from '../inventory/feed-log.ts';
import type { InventoryState } from '../inventory/state.ts';
import type { RequestContext } from '../model/request.ts';

// Which state a request is answered from: one for all its fields, and none older than what its caller has seen. A broker
// that is behind waits a moment; if that does not help, its answer says that it is old.

/** The read view of an inventory. */
export interface InventoryView {
  current(): InventoryState;
  /** Waits for a state with a greater revision than this one; absent for an inventory that never changes. */
  changed?(revision: number, signal: AbortSignal): Promise<InventoryState>;
  /** The installation's changes; null or absent if its brokers share no database. */
  readonly log?: FeedLog | null | undefined;
}

/** The states that requests are answered from. */
export interface Freshness {
  /** The state of a request: the same for all its fields, so that no answer mixes revisions. */
  state(context: RequestContext): InventoryState;
  /** Waits for what `@coverage(atLeast:)` wants of this installation; null if there is nothing to wait for. */
  reachWanted(context: RequestContext): Promise<void> | null;
  /** Waits for the revision that an earlier page of a list was of; null if there is nothing to wait for. */
  reachSeen(context: RequestContext, revision: number | null): Promise<void> | null;
}

/**
 * The states of an installation's inventory.
 * @param installation The configured id.
 */
export function createFreshness(inventory: InventoryView, installation: string): Freshness {
  const states = new WeakMap<RequestContext, InventoryState>();
  const waits = new WeakMap<RequestContext, Promise<void>>();
  const behind = new WeakMap<RequestContext, string>();
  const pin = (context: RequestContext): InventoryState => {
    const state = inventory.current();
    const message = behind.get(context);
    return message === undefined || state.snapshot === null ? state : { ...state, status: 'STALE', message };
  };
  const reach = async (context: RequestContext, place: Place): Promise<void> => {
    const isReached = await inventory.log?.reach(place, context.deadline.signal);
    const known = inventory.log?.place() ?? null;
    // What is of an earlier life of the feed is nothing to wait for, and nothing that could be promised either.
    if (isReached !== true || known?.feed !== place.feed) {
      behind.set(context, behindBy(place, known));
    }
  };
  return {
    state(context) {
      const pinned = states.get(context) ?? pin(context);
      states.set(context, pinned);
      return pinned;
    },
    reachWanted(context) {
      const place = context.wanted.atLeast?.[installation];
      if (place === undefined) {
        return null;
      }
      const wait = waits.get(context) ?? reach(context, place);
      waits.set(context, wait);
      return wait;
    },
    reachSeen(context, revision) {
      const place = inventory.log?.place() ?? null;
      const known = (states.get(context) ?? inventory.current()).snapshot?.revision ?? 0;
      // Without a shared database each broker numbers for itself, so that the numbers of two cannot be compared.
      return revision === null || place === null || known >= revision
        ? null
        : reach(context, { feed: place.feed, revision, part: 0 }).then(() => void states.delete(context));
    },
  };
}

function behindBy(wanted: Place, known: Place | null): string {
  if (known === null) {
    return 'this broker does not know the feed of its installation, so it cannot tell whether it shows what is wanted';
  }
  return known.feed === wanted.feed
    ? `this broker has not seen revision ${wanted.revision} yet; it is at ${known.revision}`
    : 'what is wanted is of an earlier life of the feed';
}
