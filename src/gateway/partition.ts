import { SitewideError } from '../core/errors.ts';
import type { SourceError } from '../merge/combine.ts';
import type { FieldQuestion } from './field-question.ts';
import { idOf, ownerOf, sharedTypeOf } from './owner.ts';
import { selectWanted } from './select-sources.ts';
import type { Source } from './source.ts';

// A list of ids, divided by whom to ask for them.

/** The ids that one source owns, and their places in the list. */
export interface Partition {
  readonly owner: Source;
  readonly elements: unknown[];
  readonly places: number[];
}

/** An id of which every source may have a part, and its place in the list. */
export interface SharedId {
  readonly element: unknown;
  readonly place: number;
  readonly typeName: string;
}

/** A list of ids, divided. */
export interface Partitions {
  readonly owned: readonly Partition[];
  readonly shared: readonly SharedId[];
  /** Of ids that nobody is asked for, at their places. */
  readonly refused: readonly SourceError[];
}

/** Divides a list of ids. */
export function partition(question: FieldQuestion, elements: readonly unknown[]): Partitions {
  const { wanted } = selectWanted(question);
  const owned = new Map<Source, Partition>();
  const shared: SharedId[] = [];
  const refused: SourceError[] = [];
  elements.forEach((element, place) => {
    try {
      const id = idOf(element);
      const typeName = sharedTypeOf(id);
      if (typeName !== null) {
        shared.push({ element, place, typeName });
        return;
      }
      const part = partOf(owned, wantedOwner(question, wanted, id));
      part.elements.push(element);
      part.places.push(place);
    } catch (thrown) {
      refused.push(refusal(thrown, [question.subquery.responseName, place]));
    }
  });
  return { owned: [...owned.values()], shared, refused };
}

function partOf(owned: Map<Source, Partition>, owner: Source): Partition {
  const part = owned.get(owner) ?? { owner, elements: [], places: [] };
  owned.set(owner, part);
  return part;
}

function wantedOwner(question: FieldQuestion, wanted: readonly Source[], id: string): Source {
  const owner = ownerOf(question, id);
  if (!wanted.includes(owner)) {
    const problem = 'it is not among the sources asked for';
    throw new SitewideError('SOURCE_FAILED', { source: owner.id, field: question.subquery.responseName, problem });
  }
  return owner;
}

function refusal(thrown: unknown, path: readonly (string | number)[]): SourceError {
  if (!(thrown instanceof SitewideError)) {
    throw thrown;
  }
  const { message, extensions } = thrown as SitewideError;
  return { message, path, extensions };
}
