import { type DocumentNode, type GraphQLSchema, OperationTypeNode } from 'graphql';

import { partVariable } from '../core/reserved.ts';
import type { Coverage } from '../model/coverage.ts';
import type { RowBatch } from '../rows/row-batch.ts';
import { conformityOf, type Conformity } from './conform.ts';
import { type PartRows, problemOfPage } from './connection.ts';
import { shapeOf } from './shape.ts';
import { prefixed, sideBySide } from './side-by-side.ts';
import type { Part } from './strategy.ts';
import type { Subquery } from './subquery.ts';

// All that one request wants of one source, as one operation. Different questions are put side by side under prefixed
// names; look-ups of ids with the same text have their ids put into one list, so that the text stays the same whatever
// the number of ids. The reply is taken apart again.

/** One question to a source. */
export interface Question {
  readonly subquery: Subquery;
  /** The client's variables that the subquery uses, as the client gave them; for ids also `sw__part`. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** For a list whose rows may come as bytes: which of them; null for all of the page. Absent: they come as values. */
  readonly rows?: { readonly batch: RowBatch | null } | undefined;
}

/** What is sent to a source. */
export interface SourceRequest {
  readonly document: DocumentNode;
  readonly text: string;
  /** A mutation is never asked of two brokers at the same time, and never travels with anything else. */
  readonly operation: OperationTypeNode;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Absent for what has to come as values. Whoever is asked may answer with values all the same. */
  readonly rows?: RowsWanted | undefined;
  /**
   * Whether the answer's `data` is right: it must fit the schema, and its pages must be in order.
   * @param document What was sent, if that was less than `document`.
   */
  examine(data: SourceBody['data'], document?: DocumentNode): Examination;
}

/** A list whose rows may come as bytes. */
export interface RowsWanted {
  readonly responseName: string;
  /** Null: all rows of the page. */
  readonly batch: RowBatch | null;
}

/** The rows of a list as bytes. */
export interface ReplyRows extends PartRows {
  /** The revision that they are of, by source; empty if there are none. */
  readonly seen: Readonly<Record<string, number>>;
}

/** What an examination found. */
export interface Examination extends Conformity {
  readonly data: SourceBody['data'];
}

/** What the brokers of a source do not understand of one question, or say that is not understood here. */
export interface Lack {
  /** The fields whose values are null therefore, as `Type.field`; empty if there is no answer at all. */
  readonly fields: readonly string[];
  readonly message: string;
}

/** An error as a source wrote it. */
export interface SourceError {
  readonly message: string;
  /** For an error of a question: begins with the response name that the client used. */
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** What a source says to a request. */
export interface SourceBody {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly SourceError[];
  /** What the answers rest on, by response name. */
  readonly coverage: Readonly<Record<string, Coverage>>;
  /** The rows of the one list that was asked for, if they came as bytes; all else of it is in `data`. */
  readonly rows?: ReplyRows | undefined;
  /** The version of the base schema that answered; absent if it does not say. */
  readonly schema?: string | undefined;
  /** What is missing because that version is another one, by response name. */
  readonly lacks?: ReadonlyMap<string, Lack> | undefined;
  /** True if an equivalent broker may lack less. */
  readonly isOutdone?: boolean | undefined;
}

/** What a source says to one question. */
export interface Reply {
  readonly value: unknown;
  readonly errors: readonly SourceError[];
  readonly coverage: Coverage | null;
  readonly lack?: Lack | undefined;
  /** The rows of a list, if they came as bytes. */
  readonly rows?: ReplyRows | undefined;
}

/** One request for several questions, and the way back from its body to their replies, in their order. */
export interface Combined {
  readonly request: SourceRequest;
  split(body: SourceBody): Reply[];
}

/** Puts questions together. */
export function combine(schema: GraphQLSchema, questions: readonly Question[]): Combined {
  const groups = groupQuestions(questions);
  const judge = (document: DocumentNode, data: SourceBody['data'], sentNames: readonly string[]): Examination => {
    const found = data === null ? nothingToExamine : (conformityOf(schema, document)(data) as Examination);
    return { ...found, problem: found.problem ?? problemOfGroups(groups, sentNames, found.data ?? {}) };
  };
  const [only] = groups;
  if (groups.length === 1 && only) {
    const { document, text, operation, responseName } = only.subquery;
    return {
      request: {
        document,
        text,
        operation,
        variables: only.variables,
        rows: only.rows && { ...only.rows, responseName },
        examine: (data, sent = document) => judge(sent, data, [responseName]),
      },
      split: (body) => inOrder(questions.length, splitGroup(only, replyAt(body, responseName, responseName))),
    };
  }
  const sentNames = groups.map(({ subquery }, at) => prefixed(at, subquery.responseName));
  const { document, text } = sideBySide(groups.map(({ subquery }) => subquery));
  const variables = Object.fromEntries(
    groups.flatMap((group, at) =>
      Object.entries(group.variables).map(([name, value]) => [prefixed(at, name), value] as const),
    ),
  );
  return {
    request: {
      document,
      text,
      operation: OperationTypeNode.QUERY,
      variables,
      examine: (data, sent = document) => judge(sent, data, sentNames),
    },
    split: (body) =>
      inOrder(
        questions.length,
        groups.flatMap((group, at) => {
          return splitGroup(group, replyAt(body, sentNames[at]!, group.subquery.responseName));
        }),
      ),
  };
}

const nothingToExamine: Examination = { data: null, problem: null, strange: new Map() };

/** Questions that travel as one field; more than one only for look-ups of ids. */
interface Group {
  readonly subquery: Subquery;
  readonly variables: Readonly<Record<string, unknown>>;
  /** As in the only question; several have none. */
  readonly rows: Question['rows'];
  /** Which question, and how many of the ids are its own. */
  readonly members: { readonly question: number; readonly size: number }[];
}

function groupQuestions(questions: readonly Question[]): Group[] {
  const [only] = questions;
  if (only && questions.length === 1) {
    const { subquery, variables, rows } = only;
    const { [partVariable]: part } = variables;
    return [{ subquery, variables, rows, members: [{ question: 0, size: ((part ?? []) as unknown[]).length }] }];
  }
  const groups = new Map<string, Group>();
  questions.forEach(({ subquery, variables, rows }, question) => {
    const { [partVariable]: part, ...others } = variables;
    const name = subquery.partitioned ? `${subquery.id} ${JSON.stringify(others)}` : `question ${question}`;
    const ids = (part ?? []) as unknown[];
    const group = groups.get(name);
    if (group) {
      (group.variables[partVariable] as unknown[]).push(...ids);
      group.members.push({ question, size: ids.length });
    } else {
      const own = subquery.partitioned ? { ...variables, [partVariable]: [...ids] } : { ...variables };
      groups.set(name, { subquery, variables: own, rows, members: [{ question, size: ids.length }] });
    }
  });
  return [...groups.values()];
}

/** What is wrong although the types are right: pages out of order, or not one element for each id. */
function problemOfGroups(
  groups: readonly Group[],
  sentNames: readonly string[],
  data: Readonly<Record<string, unknown>>,
): string | null {
  for (const [at, { subquery, members }] of groups.entries()) {
    const value = data[sentNames[at]!] ?? null;
    const problem = value === null ? null : problemOfValue(subquery, members, value);
    if (problem !== null) {
      return problem;
    }
  }
  return null;
}

function problemOfValue(subquery: Subquery, members: Group['members'], value: unknown): string | null {
  if (subquery.crossing.kind === 'scatter' && shapeOf(subquery.field).kind === 'connection') {
    return problemOfPage(value as Part);
  }
  const size = members.reduce((total, member) => total + member.size, 0);
  const isShort = subquery.partitioned && (value as unknown[]).length !== size;
  return isShort ? 'its list does not have one element for each id' : null;
}

function replyAt(body: SourceBody, sentName: string, responseName: string): Reply {
  const errors = body.errors
    .filter(({ path }) => path === undefined || path[0] === sentName)
    .map((error) => (error.path ? { ...error, path: [responseName, ...error.path.slice(1)] } : error));
  const lack = body.lacks?.get(sentName);
  return {
    value: body.data?.[sentName] ?? null,
    errors,
    coverage: body.coverage[sentName] ?? null,
    lack,
    rows: body.rows,
  };
}

type NumberedReply = readonly [question: number, reply: Reply];

function splitGroup({ members }: Group, reply: Reply): NumberedReply[] {
  if (members.length === 1) {
    return [[members[0]!.question, reply]];
  }
  let start = 0;
  return members.map(({ question, size }) => {
    const end = start + size;
    const value = Array.isArray(reply.value) ? reply.value.slice(start, end) : null;
    const errors = reply.errors.flatMap((error) => shifted(error, start, end));
    start = end;
    return [question, { ...reply, value, errors }];
  });
}

/** The error with its index counted from `start`, or nothing if it belongs to other ids. */
function shifted(error: SourceError, start: number, end: number): readonly SourceError[] {
  const index = error.path?.[1];
  if (typeof index !== 'number') {
    return [error];
  }
  return index >= start && index < end
    ? [{ ...error, path: [error.path![0]!, index - start, ...error.path!.slice(2)] }]
    : [];
}

function inOrder(count: number, replies: readonly NumberedReply[]): Reply[] {
  const ordered = new Array<Reply>(count);
  for (const [question, reply] of replies) {
    ordered[question] = reply;
  }
  return ordered;
}
