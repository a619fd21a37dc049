import { isObject } from '../../core/is-object.ts';
// Sorts the fields of an answer into what can be shown as a table and what is a list of names and values.

/** A row or a summary: flat, with dotted names for what was nested. */
export type Flat = Readonly<Record<string, unknown>>;

/** A root field of an answer, taken apart. */
export interface Section {
  /** The response name of the root field. */
  readonly name: string;
  /** The rows of a list or connection; null if the field is neither. */
  readonly rows: readonly Flat[] | null;
  /** What stands beside the rows, or the whole field if it has none. */
  readonly facts: Flat;
}

type Fields = Readonly<Record<string, unknown>>;

/** The root fields of an answer, in its order. */
export function sectionsOf(data: Fields | null): Section[] {
  return Object.entries(data ?? {}).map(([name, value]) => sectionOf(name, value));
}

/** The rows as they came, of all lists and connections together. */
export function rowsOf(data: Fields | null): unknown[] {
  return Object.values(data ?? {}).flatMap((value) => rawRows(value) ?? []);
}

function sectionOf(name: string, value: unknown): Section {
  const rows = rawRows(value);
  if (!rows) {
    return { name, rows: null, facts: isObject(value) ? flatten(withoutCoverage(value)) : { [name]: value } };
  }
  const { nodes: _, edges: __, ...beside } = isObject(value) ? value : {};
  return {
    name,
    rows: rows.map((row) => (isObject(row) ? flatten(row) : { [name]: row })),
    facts: flatten(withoutCoverage(beside)),
  };
}

/** The rows of a connection (`nodes`, else the nodes of `edges`) or of a list; null if it is neither. */
function rawRows(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) {
    return value as unknown[];
  }
  if (!isObject(value)) {
    return null;
  }
  if (Array.isArray(value['nodes'])) {
    return value['nodes'] as unknown[];
  }
  if (Array.isArray(value['edges'])) {
    return value['edges'].map((edge: unknown) => (isObject(edge) && 'node' in edge ? edge['node'] : edge));
  }
  return null;
}

/** Coverage has lines of its own, on stderr. */
function withoutCoverage({ coverage: _, ...rest }: Fields): Fields {
  return rest;
}

function flatten(value: Fields, prefix = ''): Flat {
  const flat: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    if (isObject(entry)) {
      Object.assign(flat, flatten(entry, `${prefix}${key}.`));
    } else if (key !== '__typename') {
      flat[`${prefix}${key}`] = entry;
    }
  }
  return flat;
}
