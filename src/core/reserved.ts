// The names under which the gateway asks sources for what it needs beside what the client selected. Clients may not use
// names that begin like this.

/** The beginning of every reserved response name. */
export const reservedPrefix = 'sw__';

/** On a connection: the cursors of the rows, in the order of `edges` and `nodes`. */
export const rowsAlias = 'sw__rows';
/** On a connection: the page info. */
export const pageAlias = 'sw__page';
/** The variable that carries the part of a list of ids that one source owns. */
export const partVariable = 'sw__part';
/** The variable that carries the input of a change, completed by us. */
export const inputVariable = 'sw__input';
/** The variable that carries what `@coverage(require:)` says to a source that is asked for a change. */
export const requireVariable = 'sw__require';

/** Beside a merged field: another field that the merge needs. */
export function neededAlias(fieldName: string): string {
  return `${reservedPrefix}${fieldName}`;
}
