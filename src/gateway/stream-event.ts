import type { FormattedExecutionResult } from 'graphql';

import { messageOf } from '../core/errors.ts';
import { reservedPrefix } from '../core/reserved.ts';
import { decodeRevisions, isLater, type Place, type RevisionVector } from '../core/revision-vector.ts';
import type { SourceError } from '../merge/combine.ts';
import type { Part } from '../merge/strategy.ts';
import { readSourceName } from '../model/source-name.ts';
import { sourceAlias, type StreamQuestion, tokenAlias, typeAlias } from './stream-question.ts';

// One event of a source: read, and held against what the source said before. Nothing is told twice and nothing backwards.

/** An event as a source sent it. */
export interface SourceEvent {
  /** Who sent it: for example `installation:lyon-a`, or `site:lyon` for what happened anywhere there. */
  readonly source: string;
  /** Where it happened; null for a BOOKMARK, which is of all. */
  readonly installation: string | null;
  readonly type: string;
  /** How far the installations of the source are with it: its own, and those of which there is news. */
  readonly places: RevisionVector;
  /** By response name; what the merge needs is in it, too. */
  readonly value: Part;
  /** Their paths begin with the response name. */
  readonly errors: readonly SourceError[];
}

/** Who sends an event, and under which name. */
export interface EventOrigin {
  readonly source: string;
  readonly responseName: string;
}

interface ReadOptions extends EventOrigin {
  /** Of the places in an event of this installation those that are the source's own; null if the installation is not. */
  readonly ownPlaces: (installation: string | null, all: RevisionVector) => RevisionVector | null;
}

/** The event of a result; null if there is none. What is wrong with its place is told as text. */
export function readEvent(
  { data, errors = [] }: FormattedExecutionResult,
  { source, responseName, ownPlaces }: ReadOptions,
): SourceEvent | string | null {
  const value = data?.[responseName] as Part | null | undefined;
  if (value == null) {
    return null;
  }
  const [token, type, where] = [value[tokenAlias], value[typeAlias], value[sourceAlias]];
  const installation = type === 'BOOKMARK' ? null : readSourceName(String(where)).id;
  if (typeof token !== 'string' || typeof type !== 'string') {
    return 'it sent an event without a place';
  }
  try {
    const places = ownPlaces(installation, decodeRevisions(token));
    return places === null || (installation !== null && places[installation] === undefined)
      ? 'it sent an event with a place of somebody else'
      : { source, installation, type, places, value, errors };
  } catch (thrown) {
    return `it sent an event with a place that nobody can read: ${messageOf(thrown)}`;
  }
}

/** What to do with an event. */
export type Judgement = 'new' | 'duplicate' | 'backwards';

/** The last places that were taken, and the last ones that came over the present subscription. */
export interface Known {
  readonly taken: ReadonlyMap<string, Place>;
  readonly came: ReadonlyMap<string, Place>;
  /** The installations of which a GAP came last: what tells how things are now stands at the same place. */
  readonly afterGap: ReadonlySet<string>;
  /** True if each event tells of all parts of one thing, and begins with how they are. */
  readonly isShared: boolean;
}

/**
 * Holds an event against what is known. The place of the installation where it happened decides; those of the others are
 * as far as the reader has been told of them before.
 */
export function judgeEvent(event: SourceEvent, known: Known): Judgement {
  const { type, installation, places } = event;
  if (type === 'GAP') {
    return 'new';
  }
  if (goesBack(event, known)) {
    return 'backwards';
  }
  const { taken, afterGap, isShared } = known;
  const telling = installation === null || isShared ? Object.keys(places) : [installation];
  if (telling.some((name) => isAfter(places[name]!, taken.get(name)))) {
    return 'new';
  }
  return installation !== null && afterGap.has(installation) && isSame(places[installation]!, taken.get(installation)!)
    ? 'new'
    : 'duplicate';
}

/** Another life of a feed begins with a GAP, or changes are missing; what is told as it is now can miss none. */
function goesBack({ places }: SourceEvent, { taken, came, isShared }: Known): boolean {
  return Object.entries(places).some(([name, place]) => {
    const [last, before] = [came.get(name), taken.get(name)];
    return (
      (last !== undefined && isLater(last, place)) ||
      (!isShared && [last, before].some((one) => one !== undefined && one.feed !== place.feed))
    );
  });
}

function isAfter(place: Place, taken: Place | undefined): boolean {
  return taken === undefined || taken.feed !== place.feed || isLater(place, taken);
}

function isSame(place: Place, taken: Place): boolean {
  return place.feed === taken.feed && !isLater(taken, place);
}

/** An event as the client asked for it: with a token of all sources, and without what only the merge needs. */
export function clientEvent(
  value: Part,
  token: string,
  { asked }: Pick<StreamQuestion, 'asked'>,
): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const [name, found] of Object.entries(value)) {
    // A tier above asks under our names for what it needs itself.
    if (!name.startsWith(reservedPrefix) || asked.has(name)) {
      event[name] = asked.get(name) === 'resumeToken' ? token : found;
    }
  }
  return event;
}
