import { isLater, type Place, type RevisionVector } from '../core/revision-vector.ts';
import type { SourceEvent } from './stream-event.ts';

// How far the events of a stream were taken: a place for each installation, whichever source told of it. A site is one
// source that tells of several installations, and of more than the configuration knows if one has just joined it.

/** What was taken. It outlives whoever followed. */
export interface StreamTaken {
  readonly places: ReadonlyMap<string, Place>;
  /** True if something is known of an installation of this source. */
  knows(source: string): boolean;
  /** Where the source goes on: without the installations of other sources. */
  after(source: string): RevisionVector;
  /** Of the places in an event of an installation those that are the source's own; null if the installation is not. */
  ownPlaces(source: string, installation: string | null, all: RevisionVector): RevisionVector | null;
  /** Notes an event that is new. */
  take(event: SourceEvent): void;
}

interface TakenOptions {
  /** What the client goes on after; empty at a beginning. */
  readonly after: RevisionVector;
  /** The source that an installation is configured to be of, at this moment; null if nobody knows it. */
  readonly configuredAt: (installation: string) => string | null;
}

/** What is taken at the beginning of a stream. */
export function createStreamTaken({ after, configuredAt }: TakenOptions): StreamTaken {
  const places = new Map<string, Place>(Object.entries(after));
  /** Who has told of an installation that is not configured. */
  const learned = new Map<string, string>();
  const ownerOf = (installation: string): string | null =>
    configuredAt(installation) ?? learned.get(installation) ?? null;
  // What is nobody's, as far as is known here, is of whoever knows it.
  const isOwn = (source: string, owner: string | null): boolean => owner === source || owner === null;
  return {
    places,
    knows: (source) => [...places.keys()].some((installation) => ownerOf(installation) === source),
    after: (source) => Object.fromEntries([...places].filter(([installation]) => isOwn(source, ownerOf(installation)))),
    ownPlaces: (source, installation, all) =>
      // An installation may have moved from where it was learned to be.
      installation === null || isOwn(source, configuredAt(installation))
        ? Object.fromEntries(
            Object.entries(all).filter(([name]) => name === installation || isOwn(source, ownerOf(name))),
          )
        : null,
    take(event) {
      const { source, installation, places: told } = event;
      for (const name of Object.keys(told)) {
        if (name === installation || !places.has(name)) {
          learned.set(name, source);
        }
      }
      advance(places, event);
    },
  };
}

/** Puts the places of an event over those known before; only that of its own installation may be an earlier one. */
export function advance(known: Map<string, Place>, { installation, places }: SourceEvent): void {
  for (const [name, place] of Object.entries(places)) {
    const before = known.get(name);
    if (name === installation || before === undefined || !isLater(before, place)) {
      known.set(name, place);
    }
  }
}
