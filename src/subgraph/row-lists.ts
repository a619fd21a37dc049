import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getNamedType,
  getOperationAST,
  getVariableValues,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql';

import { readArguments } from '../core/field-arguments.ts';
import { collectSelection, type SelectedField } from '../core/selection.ts';
import { defaultPageSize, type PageArgs } from '../model/page.ts';
import type { RequestContext } from '../model/request.ts';
import type { FramesTail } from '../rows/frames.ts';
import { createObjectWriter, rootInfo, type WriteJson, type WriterScope } from '../rows/json-writer.ts';
import type { RowTexts } from '../rows/row-block.ts';
import type { RowBatch } from '../rows/row-batch.ts';
import { type RowForm, rowFormOf, rowTypeOf } from '../rows/row-form.ts';
import type { Connection } from './connection.ts';

// Lists as rows, for brokers that merge them without reading them: written straight from the snapshot, by the same resolvers
// that execution would call. What is anything else, or goes wrong, is left to execution, which says what is wrong.

/** An operation that may be one list. */
export interface RowsAsked {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  /** Which part of the page; null: all of it. */
  readonly batch: RowBatch | null;
}

/** A list as rows. */
export interface ListRows {
  readonly responseName: string;
  readonly rows: RowTexts;
  readonly tail: FramesTail;
}

/** Answers lists as rows; null for what has to be executed. */
export type AnswerRows = (asked: RowsAsked) => Promise<ListRows | null>;

/** The lists of an executable schema. */
export function createRowLists(schema: GraphQLSchema): AnswerRows {
  const plans = new WeakMap<OperationDefinitionNode, Plan | null>();
  const planOf = (document: DocumentNode, asked: Omit<WriterScope, 'fragments'>): Plan | null => {
    const known = plans.get(asked.operation);
    if (known !== undefined) {
      return known;
    }
    const scope = { ...asked, fragments: fragmentsOf(document) };
    const plan = attempt(() => createPlan(scope));
    if (!dependsOnVariables(scope)) {
      plans.set(scope.operation, plan);
    }
    return plan;
  };
  return async ({ document, operationName, variables: given, context, batch }) => {
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== OperationTypeNode.QUERY) {
      return null;
    }
    const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
    const plan = variables && planOf(document, { schema, operation, variables });
    try {
      return plan ? await answerPlan(plan, { variables, context, batch }) : null;
    } catch {
      // Execution comes to the same, and says so in its own way.
      return null;
    }
  };
}

/** How an operation of one list is answered. */
interface Plan {
  readonly scope: WriterScope;
  readonly responseName: string;
  readonly root: GraphQLField<unknown, unknown>;
  readonly selected: SelectedField;
  readonly query: GraphQLObjectType;
  readonly form: RowForm;
  readonly writeRow: WriteJson;
  /** Of the connection: what is asked of it beside rows. */
  readonly writePage: WriteJson;
}

/** Null if it is not one list. @throws GivenUp if its rows cannot be written. */
function createPlan(scope: WriterScope): Plan | null {
  const query = scope.schema.getQueryType()!;
  const [only, ...others] = collectSelection(scope, query, [scope.operation.selectionSet]);
  if (only === undefined || others.length > 0) {
    return null;
  }
  const [responseName, selected] = only;
  const root = query.getFields()[selected.name];
  const connection = root && getNamedType(root.type);
  if (!root?.resolve || !isObjectType(connection)) {
    return null;
  }
  const form = rowFormOf(scope, connection, selected);
  // A list that is read only when its rows are wanted is none of ours.
  if (typeof form === 'string' || connection.getFields()[form.field.name]!.resolve) {
    return null;
  }
  const isOfPage = (_: string, { name }: SelectedField): boolean =>
    rowTypeOf(connection, name) === null && !writtenAbove.has(typeNameOf(connection, name));
  return {
    ...{ scope, responseName, root, selected, query, form },
    writeRow: createObjectWriter(scope, form.type, form.field),
    writePage: createObjectWriter(scope, connection, selected, isOfPage),
  };
}

/** The types of what whoever merges writes itself. */
const writtenAbove: ReadonlySet<string> = new Set(['PageInfo', 'Coverage']);

function typeNameOf(type: GraphQLObjectType, fieldName: string): string {
  const field = type.getFields()[fieldName];
  return field ? getNamedType(field.type).name : '';
}

interface Given extends Pick<RowsAsked, 'context' | 'batch'> {
  readonly variables: Readonly<Record<string, unknown>>;
}

async function answerPlan(plan: Plan, { variables, context: given, batch }: Given): Promise<ListRows | null> {
  const isUnlimited = batch?.limit === Infinity;
  const context = isUnlimited ? { ...given, isUnlimited } : given;
  const { scope, responseName, root, selected, query, form } = plan;
  const args = inBatch(readArguments(root, selected.nodes[0]!, variables), batch);
  const info = rootInfo({ ...scope, variables }, query, root, selected);
  const list = (await root.resolve!(undefined, args, context, info)) as Connection<object> | null;
  if (list === null || !('keyAt' in list)) {
    return null;
  }
  const rows: readonly unknown[] = form.field.name === 'edges' ? list.edges : list.nodes;
  const write = (row: unknown): string => plan.writeRow(row, context);
  // Those of a stream are written as they leave.
  const texts = isUnlimited ? null : rows.map(write);
  const isFirst = (batch?.beyond ?? null) === null;
  return {
    responseName,
    rows: { length: rows.length, key: (at) => list.keyAt(at), text: (at) => texts?.[at] ?? write(rows[at]) },
    tail: {
      hasNextPage: list.pageInfo.hasNextPage,
      hasPreviousPage: list.pageInfo.hasPreviousPage,
      seen: rows.length === 0 ? {} : list.seen,
      page: isFirst ? (JSON.parse(plan.writePage(list, context)) as Record<string, unknown>) : {},
      coverage: context.coverage.get(responseName) ?? null,
    },
  };
}

/** The arguments for a part of the page that they ask for. */
function inBatch(args: Readonly<Record<string, unknown>>, batch: RowBatch | null): Readonly<Record<string, unknown>> {
  if (batch === null) {
    return args;
  }
  const { first, last } = args as PageArgs;
  const { limit, beyond } = batch;
  return last === null || last === undefined
    ? {
        ...args,
        first: limit === Infinity ? first : Math.min(first ?? defaultPageSize, limit),
        ...(beyond !== null && { after: beyond }),
      }
    : { ...args, last: Math.min(last, limit), ...(beyond !== null && { before: beyond }) };
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/** True if what is selected may be different for other variables; the arguments of the list itself are read each time. */
function dependsOnVariables({ operation, fragments }: WriterScope): boolean {
  let found = false;
  const look = { Variable: () => void (found = true) };
  for (const selection of operation.selectionSet.selections) {
    if (selection.kind === Kind.FIELD && selection.selectionSet && selection.directives?.length === 0) {
      visit(selection.selectionSet, look);
    } else {
      visit(selection, look);
    }
  }
  fragments.forEach((fragment) => visit(fragment, look));
  return found;
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
}
