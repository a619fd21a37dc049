import { type ExecutionResult, getNamedType, GraphQLError, type GraphQLObjectType, isObjectType } from 'graphql';

import { messageOf } from '../core/errors.ts';
import { collectSelection, type SelectedField, subselections } from '../core/selection.ts';
import type { Part } from '../merge/strategy.ts';
import { type Foreign, type ForeignOptions, idAlias, put, readForeign } from './stream-foreign.ts';
import { idsVariable, type Joint, rowsQuestionOf } from './stream-joint.ts';

// What an operator's own subgraphs know of the rows of a live page. It is asked through the gateway for all rows at once when
// the page is told; that it cannot be had is an error of that page alone.

/** Completes pages. */
export interface LiveForeign {
  /** The page with what only others know. */
  complete(result: ExecutionResult): Promise<ExecutionResult>;
}

type Page = Omit<Foreign, 'joints'>;

/** Reads what is foreign in the rows of a valid subscription. */
export function createLiveForeign(options: ForeignOptions): LiveForeign {
  const page = readForeign(options);
  const lists = [...collectSelection(page.scope, page.type, subselections(page.field))].flatMap(([name, field]) =>
    listOf(page, [name], field),
  );
  return {
    async complete(result) {
      const value = result.data?.[page.responseName] as Part | null | undefined;
      if (value == null) {
        return result;
      }
      const known = await Promise.all(lists.map((list) => askRows(page, list, value)));
      const errors = [...(result.errors ?? []), ...known.flatMap((one) => one.errors)];
      const whole = put(page, page, value, sideBySide(known));
      return { ...result, data: { [page.responseName]: whole }, ...(errors.length > 0 && { errors }) };
    },
  };
}

/** A list of rows in the page: `nodes`, or the `node` of each of its `edges`. */
interface RowList {
  /** Where it is: one name for rows, and another one where they are inside something. */
  readonly names: readonly string[];
  readonly question: Pick<Joint, 'text' | 'variables'>;
}

function listOf(page: Page, names: readonly string[], field: SelectedField, parent = page.type): readonly RowList[] {
  const type = objectAt(parent, field.name);
  if (field.name === 'edges' && type) {
    const inner = [...collectSelection(page.scope, type, subselections(field))];
    return inner.flatMap(([name, one]) => (one.name === 'node' ? listOf(page, [...names, name], one, type) : []));
  }
  const question = type && rowsQuestionOf(page, field, type);
  return question ? [{ names, question }] : [];
}

function objectAt(parent: GraphQLObjectType, fieldName: string): GraphQLObjectType | null {
  const found = parent.getFields()[fieldName];
  const named = found && getNamedType(found.type);
  return isObjectType(named) ? named : null;
}

interface Answered extends Pick<RowList, 'names'> {
  /** In the order of the rows; none if they cannot be had. */
  readonly parts: readonly (Part | null)[];
  readonly errors: readonly GraphQLError[];
}

/** Never rejects: what cannot be had is an error at its place. */
async function askRows(page: Page, { names, question }: RowList, value: Part): Promise<Answered> {
  const rows = rowsAt(value, names);
  const ids = rows.map((row) => row?.[idAlias]).filter((id) => typeof id === 'string');
  if (ids.length === 0) {
    return { names, parts: [], errors: [] };
  }
  try {
    await page.caller.turn();
    using context = page.caller.newContext();
    const variables = { ...question.variables, [idsVariable]: ids };
    const { data, errors = [] } = await page.ask({ text: question.text, variables, context });
    const found = new Map(((data?.['nodes'] ?? []) as (Part | null)[]).map((part, at) => [ids[at], part]));
    const parts = rows.map((row) => found.get(row?.[idAlias] as string) ?? null);
    return { names, parts, errors: errors.map((error) => placed(page, names, error)) };
  } catch (thrown) {
    const path = [page.responseName, names[0]!];
    return {
      names,
      parts: [],
      errors: [new GraphQLError(messageOf(thrown), { path, extensions: { code: 'INTERNAL' } })],
    };
  }
}

function rowsAt(value: Part, [listName, ...inside]: readonly string[]): readonly (Part | null)[] {
  const list = (value[listName!] ?? []) as readonly (Part | null)[];
  return list.map((row) => inside.reduce<Part | null>((outer, name) => (outer?.[name] ?? null) as Part | null, row));
}

/** An error at a row that was asked, or below it, at its place in the page. */
function placed(
  { responseName }: Page,
  [listName, ...inside]: readonly string[],
  { message, path, extensions }: GraphQLError,
): GraphQLError {
  const [row, ...below] = (path ?? []).slice(1);
  const place = [responseName, listName!, ...(row === undefined ? [] : [row, ...inside, ...below])];
  return new GraphQLError(message, { path: place, extensions });
}

/** All that was asked, in the form of the page. */
function sideBySide(known: readonly Answered[]): Part {
  const whole: Record<string, unknown[]> = {};
  for (const { names, parts } of known) {
    const [listName, ...inside] = names as [string, ...string[]];
    const rows = parts.map((part) => inside.reduceRight<unknown>((inner, name) => ({ [name]: inner }), part));
    // The same edges may have their row under several names.
    const others = (whole[listName] ?? []) as readonly object[];
    whole[listName] = rows.map((row, at) => (inside.length > 0 ? { ...others[at], ...(row as object) } : row));
  }
  return whole;
}
