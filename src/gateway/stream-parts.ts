import { isLater, type Place, type RevisionVector } from '../core/revision-vector.ts';
import { mergeObjects, type Part } from '../merge/strategy.ts';
import type { SourceEvent } from './stream-event.ts';
import type { StreamQuestion } from './stream-question.ts';

// What every source has a part of, such as a bulk: the latest part of each is kept, and each event tells of them together.

/** The parts of one thing. */
export interface StreamParts {
  /** The event as of the whole thing; null if the reader has nothing to learn from it. */
  add(event: SourceEvent): Part | null;
  /** A source was reached; until its first event, what the others say is not the whole. */
  expect(source: string): void;
  /** The part of a source has ended; its last event may still wait. */
  complete(source: string): void;
  /** A source has no part, or left. */
  leave(source: string): void;
  /** True once all parts there are have ended. */
  readonly isOver: boolean;
}

interface Parts {
  readonly latest: Map<string, SourceEvent>;
  readonly expected: Set<string>;
  readonly completed: Set<string>;
  /** True as long as the reader knows all that was told here. */
  isKnown: boolean;
}

/** @param seen What the reader has seen before. */
export function createStreamParts(question: StreamQuestion, seen: RevisionVector): StreamParts {
  const parts: Parts = { latest: new Map(), expected: new Set(), completed: new Set(), isKnown: true };
  return {
    add(event) {
      const { source, places, type } = event;
      parts.expected.delete(source);
      const isNew = Object.entries(places).some(([installation, place]) => isUnseen(place, seen[installation]));
      if (type === 'BOOKMARK' || type === 'GAP') {
        return parts.expected.size === 0 && !parts.isKnown ? tell(question, parts, event) : null;
      }
      parts.latest.set(source, event);
      parts.isKnown &&= !isNew;
      return parts.expected.size === 0 && !parts.isKnown ? tell(question, parts, event) : null;
    },
    expect(source) {
      if (!parts.latest.has(source)) {
        parts.expected.add(source);
      }
    },
    complete: (source) => void parts.completed.add(source),
    leave(source) {
      parts.expected.delete(source);
      parts.latest.delete(source);
    },
    get isOver() {
      const { latest, expected, completed } = parts;
      return expected.size === 0 && completed.size > 0 && [...latest.keys()].every((source) => completed.has(source));
    },
  };
}

function isUnseen(place: Place, seen: Place | undefined): boolean {
  return seen === undefined || seen.feed !== place.feed || isLater(place, seen);
}

/** The latest of all parts as one. What is of the event itself is that of the one that came. */
function tell({ scope, type, field }: StreamQuestion, parts: Parts, event: SourceEvent): Part | null {
  const others = [...parts.latest.values()].filter((other) => other.source !== event.source);
  const own = parts.latest.get(event.source);
  const all = [...(own ? [own] : []), ...others];
  parts.isKnown = true;
  return all.length === 0
    ? null
    : mergeObjects(
        scope,
        { type, field },
        all.map(({ value }) => value),
      );
}
