import type { Access, Authority } from '../auth/authority.ts';
import type { FeedLog } from '../inventory/feed-log.ts';
import { createRestriction } from '../inventory/restriction.ts';
import { seenLog, type Follower } from '../inventory/seen-log.ts';
import type { Snapshot } from '../inventory/snapshot.ts';
import type { InventoryState } from '../inventory/state.ts';
import type { Principal } from '../model/principal.ts';
import type { RequestContext } from '../model/request.ts';
import type { InventoryView } from './freshness.ts';

// The inventory as whoever asks may see it. Resolvers get nothing else, so that none of them can forget to ask.

/** What whoever asks sees. */
export interface SeenInventory {
  /** What they may do, by the roles there are now. */
  access(context: RequestContext): Access;
  /** What they see of a state; the same for one request and state. */
  state(context: RequestContext, whole: InventoryState): InventoryState;
  /** What they see of a snapshot. */
  snapshot(access: Access, whole: Snapshot): Snapshot;
  /** The feed as they follow it; its reading throws what `refuse` gives once they may see nothing any more. */
  log(principal: Principal, log: FeedLog, refuse: () => Error): FeedLog;
}

/** The inventory of an installation by the rights of those who ask. */
export function createSeenInventory(authority: Authority, inventory: InventoryView): SeenInventory {
  const restriction = createRestriction();
  const states = new WeakMap<RequestContext, { readonly whole: InventoryState; readonly seen: InventoryState }>();
  const see = ({ sight }: Access, whole: Snapshot): Snapshot => (sight === null ? whole : restriction.of(whole, sight));
  return {
    access: ({ principal }) => authority.accessOf(principal),
    snapshot: see,
    state(context, whole) {
      const known = states.get(context);
      if (known?.whole === whole) {
        return known.seen;
      }
      const access = authority.accessOf(context.principal);
      const isAll = access.sight === null || whole.snapshot === null;
      const seen = isAll ? whole : { ...whole, snapshot: see(access, whole.snapshot) };
      states.set(context, { whole, seen });
      return seen;
    },
    log(principal, log, refuse) {
      const follower: Follower = {
        lasting: () => authority.lasting(),
        rights() {
          const access = authority.accessOf(principal);
          if (!access.may('view')) throw refuse();
          return access;
        },
      };
      const changed = inventory.changed?.bind(inventory);
      const current = (): InventoryState => inventory.current();
      return seenLog(log, follower, { current, ...(changed && { changed }), seen: restriction.of });
    },
  };
}
