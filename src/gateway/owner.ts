import { messageOf, SitewideError } from '../core/errors.ts';
import { decodeId } from '../core/ids.ts';
import { answered, type SourceCoverage } from '../model/coverage.ts';
import { everyInstallation } from '../model/operation-list.ts';
import type { FieldQuestion } from './field-question.ts';
import type { Reading } from './reading.ts';
import { selectWanted, skippedRecord } from './select-sources.ts';
import type { Source } from './source.ts';

// Which source owns an id, and what the report says of those that do not.

/** The value at the path that `@route(by:)` names. */
export function valueAt(args: Readonly<Record<string, unknown>>, by: readonly string[]): unknown {
  return by.reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], args);
}

/**
 * The source that owns an id.
 * @throws SitewideError `INVALID_ID` or `UNKNOWN_INSTALLATION`.
 */
export function ownerOf({ sources, site }: Pick<FieldQuestion, 'sources' | 'site'>, id: string): Source {
  const { installation } = decodeId(id);
  const owner = sources.find((source) => source.installation === installation);
  if (!owner) {
    throw new SitewideError('UNKNOWN_INSTALLATION', { id, installation, where: `site "${site}"` });
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
  return question.sources.map(
    (source) =>
      recordOf(readings.filter((reading) => reading.source === source)) ??
      unwanted.find(({ id }) => id === source.id) ??
      skippedRecord(source, 'the ids asked for are not its own'),
  );
}

/** Of a source that was asked twice, for ids of its own and for ids of every installation, the worse record. */
function recordOf(readings: readonly Reading[]): SourceCoverage | undefined {
  const records = readings.map(({ record }) => record);
  return records.find((record) => !answered(record)) ?? records.find(({ status }) => status !== 'OK') ?? records[0];
}
