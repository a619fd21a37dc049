import { parse } from 'graphql';
import type { TypedQueryDocumentNode } from 'graphql';

import { createStreams } from '../../src/client/stream.ts';
import { systemClock } from '../../src/core/clock.ts';

// Subscribers of a site that note what they see, and what each installation really wrote into its feed.

/** An event as they see it. */
interface SeenEvent {
  readonly type: string;
  readonly source: string;
  readonly fromSequence: number;
  readonly sequence: number;
  readonly node: { readonly id: string } | null;
  readonly resumeToken: string;
}

/** One subscriber. */
export interface Subscriber {
  /** Of each source in the order of arrival: `sequence id`. */
  readonly seen: ReadonlyMap<string, readonly string[]>;
  /** Gaps and events that cover several changes. */
  readonly remarks: readonly string[];
  readonly token: string | null;
  /** How often it went on at another endpoint. */
  readonly lost: number;
  /** Ends when the signal aborts; rejects if the stream does not go on. */
  readonly done: Promise<void>;
}

const document = parse(`subscription Watch($after: String) {
  inventoryChanged(types: [VIRTUAL_MACHINE], after: $after) {
    type source fromSequence sequence resumeToken node { id }
  }
}`) as TypedQueryDocumentNode<{ readonly inventoryChanged: SeenEvent | null }, { readonly after?: string | null }>;

/** Subscribes until the signal, at the first of these endpoints that is well. */
export function subscribe(
  endpoints: readonly string[],
  { after = null, signal }: { readonly after?: string | null; readonly signal: AbortSignal },
): Subscriber {
  const seen = new Map<string, string[]>();
  const remarks: string[] = [];
  const state = { token: after, lost: 0 };
  const streams = createStreams({ endpoints, clock: systemClock, onLost: () => (state.lost += 1) });
  const note = ({ type, source, fromSequence, sequence, node, resumeToken }: SeenEvent): void => {
    state.token = resumeToken;
    if (type === 'BOOKMARK') return;
    if (node === null) {
      // A stream from the present waits a while for its sources; one that comes later begins with a GAP, and misses nothing.
      const isLate = after === null && !seen.has(source);
      remarks.push(`${isLate ? 'late ' : ''}${type} of ${source} at ${sequence}`);
      return;
    }
    if (fromSequence !== sequence) remarks.push(`${source} ${fromSequence}..${sequence}`);
    const events = seen.get(source) ?? [];
    seen.set(source, events);
    events.push(`${sequence} ${node.id}`);
  };
  const follow = async (): Promise<void> => {
    try {
      for await (const event of streams.follow(document, { after }, signal)) {
        note(event);
      }
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    }
  };
  return {
    seen,
    remarks,
    get token() {
      return state.token;
    },
    get lost() {
      return state.lost;
    },
    done: follow(),
  };
}
