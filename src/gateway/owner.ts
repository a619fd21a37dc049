import { messageOf, SitewideError } from '../core/errors.ts';
import { decodeId } from '../core/ids.ts';
import { answered, type SourceCoverage } from '../model/coverage.ts';
import { everyInstallation } from '../model/operation-list.ts';
import type { FieldQuestion } from './field-question.ts';
import { refuseDoubleOwner } from './known-installations.ts';
import { allRecords, type Reading } from './reading.ts';
import { selectWanted } from './select-sources.ts';
import type { Source } from './source.ts';
import { skippedRecords } from './source-records.ts';

// Which source owns an id, and what the report says of those that do not.

/** The value at the path that `@route(by:)` names. */
export function valueAt(args: Readonly<Record<string, unknown>>, by: readonly string[]): unknown {
  return by.reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], args);
}

/**
 * The source that owns an id.
 * @throws SitewideError `INVALID_ID`, `UNKNOWN_INSTALLATION` or `DUPLICATE_INSTALLATION`.
 */
export function ownerOf({ sources, where }: Pick<FieldQuestion, 'sources' | 'where'>, id: string): Source {
  const { installation } = decodeId(id);
  const owner = sources.find(({ installations }) => installations.has(installation));
  if (!owner) {
    refuseDoubleOwner(sources, installation);
    throw new SitewideError('UNKNOWN_INSTALLATION', { id, installation, where });
  }
  return owner;
}

/**
 * The type of what an id names if every installation may have a part of it, else null.
 * @throws SitewideError `INVALID_ID`.
 */
export function sharedTypeOf(id: string): string | null {
  const { type, installation } = decodeId(id);
  return installation === everyInstallation ? type : null;
}

/** The id of an element: the element itself, or for `_entities` the id in the representation. */
export function idOf(element: unknown): string {
  const id = typeof element === 'object' && element !== null ? (element as { id?: unknown }).id : element;
  if (typeof id !== 'string') {
    throw new SitewideError('INVALID_ID', { id: messageOf(JSON.stringify(element)), problem: 'there is no id in it' });
  }
  return id;
}

/** The records of all sources: those asked, and the others as not concerned. */
export function recordsOf(question: FieldQuestion, readings: readonly Reading[]): SourceCoverage[] {
  const { unwanted } = selectWanted(question);
  return question.sources.flatMap((source) => {
    const own = readings.filter((reading) => reading.source === source);
    if (own.length > 0) {
      return worstOfEach(own.flatMap(allRecords));
    }
    const left = unwanted.filter(({ id, parent }) => id === source.id || parent === source.id);
    return left.length > 0 ? left : skippedRecords(source, 'the ids asked for are not its own');
  });
}

/** Of a source that was asked twice, for ids of its own and for ids of every installation, the worse record. */
function worstOfEach(records: readonly SourceCoverage[]): readonly SourceCoverage[] {
  const worst = new Map<string, SourceCoverage>();
  for (const record of records) {
    const known = worst.get(record.id);
    worst.set(record.id, known && badness(known) >= badness(record) ? known : record);
  }
  return [...worst.values()];
}

function badness(record: SourceCoverage): number {
  if (record.status === 'SKIPPED' || record.status === 'OK') {
    return record.status === 'OK' ? 1 : 0;
  }
  return answered(record) ? 2 : 3;
}
