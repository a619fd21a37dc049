import type { FormattedExecutionResult } from 'graphql';

import { messageOf } from '../core/errors.ts';
import { decodeRevisions, isLater, type Place } from '../core/revision-vector.ts';
import type { SourceError } from '../merge/combine.ts';
import { reservedPrefix } from '../merge/reserved.ts';
import type { Part } from '../merge/strategy.ts';
import { tokenAlias, typeAlias } from './stream-question.ts';

// One event of a source: read, and held against what the source said before. Nothing is told twice and nothing backwards.

/** An event as a source sent it. */
export interface SourceEvent {
  /** For example `installation:lyon-a`. */
  readonly source: string;
  readonly installation: string;
  readonly type: string;
  /** How far the source is with it. */
  readonly place: Place;
  /** By response name; what the merge needs is in it, too. */
  readonly value: Part;
  /** Their paths begin with the response name. */
  readonly errors: readonly SourceError[];
}

/** Who sends an event, and under which name. */
export interface EventOrigin {
  readonly source: string;
  readonly installation: string;
  readonly responseName: string;
}

/** The event of a result; null if there is none. What is wrong with its place is told as text. */
export function readEvent(
  { data, errors = [] }: FormattedExecutionResult,
  { source, installation, responseName }: EventOrigin,
): SourceEvent | string | null {
  const value = data?.[responseName] as Part | null | undefined;
  if (value == null) {
    return null;
  }
  const [token, type] = [value[tokenAlias], value[typeAlias]];
  if (typeof token !== 'string' || typeof type !== 'string') {
    return 'it sent an event without a place';
  }
  try {
    const place = decodeRevisions(token)[installation];
    return place === undefined
      ? 'it sent an event with a place of somebody else'
      : { source, installation, type, place, value, errors: errors };
  } catch (thrown) {
    return `it sent an event with a place that nobody can read: ${messageOf(thrown)}`;
  }
}

/** What to do with an event. */
export type Judgement = 'new' | 'duplicate' | 'backwards';

/** The last event that was taken, and the last one that came over the present subscription. */
export interface Known {
  readonly taken: Place | null;
  readonly came: Place | null;
  /** True if a GAP came last: what tells how things are now stands at the same place. */
  readonly afterGap: boolean;
}

/** Holds an event against what is known. */
export function judgeEvent({ type, place }: SourceEvent, { taken, came, afterGap }: Known): Judgement {
  if (type === 'GAP') {
    return 'new';
  }
  if (came !== null && (came.feed !== place.feed || isLater(came, place))) {
    return 'backwards';
  }
  if (taken === null || isLater(place, taken)) {
    return 'new';
  }
  if (taken.feed !== place.feed) {
    // Another life of the feed begins with a GAP, or changes are missing.
    return 'backwards';
  }
  return afterGap && !isLater(taken, place) ? 'new' : 'duplicate';
}

/** An event as the client asked for it: with a token of all sources, and without what only the merge needs. */
export function clientEvent(value: Part, token: string, tokenNames: readonly string[]): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const [name, found] of Object.entries(value)) {
    if (!name.startsWith(reservedPrefix)) {
      event[name] = tokenNames.includes(name) ? token : found;
    }
  }
  return event;
}
