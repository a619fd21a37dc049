import {
  type ExecutionResult,
  getNamedType,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';

import { messageOf } from '../core/errors.ts';
import { neededAlias } from '../core/reserved.ts';
import { collectSelection, type SelectedField, type SelectionScope, subselections } from '../core/selection.ts';
import type { Part } from '../merge/strategy.ts';
import type { RequestContext } from '../model/request.ts';
import type { StreamCaller } from './stream-broker.ts';
import { compositeAt, idVariable, type Joint, jointOf } from './stream-joint.ts';
import { fragmentsOf, type StreamRequest } from './stream-question.ts';
import { foreignTo, type IsForeign } from './stream-split.ts';

// What an operator's own subgraphs know of the thing in an event. It is asked through the gateway when the event is told; that
// it cannot be had is an error of that event alone.

/** Asks the site. */
export type AskSite = (question: {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
}) => Promise<ExecutionResult>;

/** Completes events. */
export interface StreamForeign {
  /** The event with what only others know; null there if what it tells of is gone. */
  complete(result: ExecutionResult, type: string): Promise<ExecutionResult>;
}

/** What reading takes. */
export interface ForeignOptions {
  readonly api: GraphQLSchema;
  readonly base: GraphQLSchema;
  /** As the client sent it. */
  readonly request: StreamRequest;
  readonly caller: StreamCaller;
  readonly ask: AskSite;
}

/** What is foreign in a subscription. */
export interface Foreign extends ForeignOptions {
  readonly scope: SelectionScope;
  readonly isForeign: IsForeign;
  readonly type: GraphQLObjectType;
  readonly responseName: string;
  readonly field: SelectedField;
  readonly joints: readonly Joint[];
}

/** Under which name an object tells which one it is. */
export const idAlias = neededAlias('id');
const typenameAlias = neededAlias('__typename');

/** Reads what is foreign in a valid subscription. */
export function createStreamForeign(options: ForeignOptions): StreamForeign {
  const whole = readForeign(options);
  const selected = [...collectSelection(whole.scope, whole.type, subselections(whole.field))];
  const foreign = { ...whole, joints: selected.flatMap(([name, one]) => jointOf(whole, name, one)) };
  return {
    async complete(result, type) {
      const event = result.data?.[foreign.responseName] as Part | null | undefined;
      if (event == null) {
        return result;
      }
      const known = await Promise.all(
        foreign.joints.map(async (joint) => [joint.name, await askJoint(foreign, { joint, event, type })] as const),
      );
      const parts = Object.fromEntries(known.map(([name, { part }]) => [name, part]));
      const errors = [...(result.errors ?? []), ...known.flatMap(([, one]) => one.errors)];
      const data = { [foreign.responseName]: put(foreign, { type: foreign.type, field: foreign.field }, event, parts) };
      return { ...result, data, ...(errors.length > 0 && { errors }) };
    },
  };
}

/** Reads it, without its joints, in a valid subscription. */
export function readForeign(options: ForeignOptions): Omit<Foreign, 'joints'> {
  const { api, base, request } = options;
  const operation = getOperationAST(request.document, request.operationName)!;
  const { coerced = {} } = getVariableValues(api, operation.variableDefinitions ?? [], request.variables);
  const scope = { schema: api, fragments: fragmentsOf(request.document), variables: coerced };
  const root = api.getSubscriptionType()!;
  const [[responseName, field]] = [...collectSelection(scope, root, [operation.selectionSet])] as [
    [string, SelectedField],
  ];
  const type = getNamedType(root.getFields()[field.name]!.type) as GraphQLObjectType;
  const isForeign = foreignTo(base);
  return { ...options, scope, isForeign, type, responseName, field };
}

interface Answered {
  readonly part: Part | null;
  readonly errors: readonly GraphQLError[];
}

interface Question {
  readonly joint: Joint;
  readonly event: Part;
  readonly type: string;
}

/** Never rejects: what cannot be had is an error at its place. */
async function askJoint(foreign: Foreign, { joint, event, type }: Question): Promise<Answered> {
  const id = (event[joint.name] as Part | null | undefined)?.[idAlias];
  if (typeof id !== 'string' || type === 'REMOVED') {
    return { part: null, errors: [] };
  }
  const place = [foreign.responseName, joint.name];
  try {
    await foreign.caller.turn();
    using context = foreign.caller.newContext();
    const variables = { ...joint.variables, [idVariable]: id };
    const { data, errors = [] } = await foreign.ask({ text: joint.text, variables, context });
    const placed = errors.map(
      ({ message, path, extensions }) =>
        new GraphQLError(message, { path: [...place, ...(path ?? []).slice(1)], extensions }),
    );
    return { part: (data?.['node'] ?? null) as Part | null, errors: placed };
  } catch (thrown) {
    return {
      part: null,
      errors: [new GraphQLError(messageOf(thrown), { path: place, extensions: { code: 'INTERNAL' } })],
    };
  }
}

interface Typed {
  readonly type: GraphQLObjectType;
  readonly field: SelectedField;
}

/** The object in the order in which the client asked for it, each field from whoever knows it. */
export function put(
  foreign: Omit<Foreign, 'joints'>,
  { type, field }: Typed,
  own: Part,
  other: Part | null,
): Record<string, unknown> {
  const { scope, isForeign } = foreign;
  const whole: Record<string, unknown> = {};
  for (const [name, selected] of collectSelection(scope, type, subselections(field))) {
    const found = other?.[name] ?? null;
    whole[name] = isForeign(type, selected.name)
      ? found
      : putValue(foreign, { type, field: selected }, own[name] ?? null, found);
  }
  return whole;
}

function putValue(foreign: Omit<Foreign, 'joints'>, { type, field }: Typed, own: unknown, other: unknown): unknown {
  if (own === null || compositeAt(type, field.name) === null) {
    return own;
  }
  if (Array.isArray(own)) {
    // A list that is different by now has nothing that could be put beside its elements.
    const others = Array.isArray(other) && other.length === own.length ? other : [];
    return own.map((one: unknown, at) => putValue(foreign, { type, field }, one, others[at] ?? null));
  }
  const part = own as Part;
  const concrete = foreign.api.getType(String(part[typenameAlias]));
  return isObjectType(concrete) ? put(foreign, { type: concrete, field }, part, other as Part | null) : own;
}
