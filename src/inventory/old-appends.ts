import type { Place } from '../core/revision-vector.ts';
import type { Append } from '../store/feed.ts';

// Appends that are no longer in memory, for readers who come back: after a restart there may be a thousand of them at once,
// at much the same place. So what one has read serves the others as long as anybody needs old appends, and one reads at a time.

/** Reads what the database keeps after a place, in pieces. */
export type ReadAppends = (place: Place) => Promise<readonly Append[]>;

/** What is kept of the feed, for those who lag. */
export interface OldAppends {
  /** The appends after a place, some at a time; none if the next one is not kept. Throws as every query. */
  after(place: Place): Promise<readonly Append[]>;
  /** Says that somebody needs old appends, until it is disposed. */
  join(): Disposable;
}

interface Piece {
  readonly feed: string;
  readonly appends: readonly Append[];
}

/** So many pieces are held at once: readers may be at some different places. A piece has a few thousand changes. */
const heldPieces = 4;

/** @param read Asks the database. */
export function createOldAppends(read: ReadAppends): OldAppends {
  let pieces: readonly Piece[] = [];
  let readers = 0;
  let ended = 0;
  let failure: { readonly before: number; readonly error: unknown } | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const load = async (place: Place, asked: number): Promise<readonly Append[]> => {
    const held = findIn(pieces, place);
    if (held !== null) return held;
    // Whoever waited behind a question that failed does not ask it once more.
    if (failure !== null && asked < failure.before) throw failure.error;
    try {
      const appends = await read(place);
      ended += 1;
      if (appends.length > 0 && readers > 0) {
        pieces = [{ feed: place.feed, appends }, ...pieces].slice(0, heldPieces);
      }
      return appends;
    } catch (error) {
      ended += 1;
      failure = { before: ended, error };
      throw error;
    }
  };
  return {
    async after(place) {
      const held = findIn(pieces, place);
      if (held !== null) return held;
      const asked = ended;
      const appends = last.then(() => load(place, asked));
      last = appends.catch(() => undefined);
      return appends;
    },
    join() {
      readers += 1;
      return {
        [Symbol.dispose]() {
          readers -= 1;
          if (readers === 0) pieces = [];
        },
      };
    },
  };
}

function findIn(pieces: readonly Piece[], { feed, revision }: Place): readonly Append[] | null {
  for (const piece of pieces) {
    const from = revision + 1 - piece.appends[0]!.revision;
    if (piece.feed === feed && from >= 0 && from < piece.appends.length) {
      return from === 0 ? piece.appends : piece.appends.slice(from);
    }
  }
  return null;
}
