import { graphql, parse, subscribe, type ExecutionResult, type GraphQLSchema } from 'graphql';

import type { Authority } from '../../src/auth/authority.ts';
import type { Clock } from '../../src/core/clock.ts';
import { createDeadline } from '../../src/core/deadline.ts';
import { encodeId } from '../../src/core/ids.ts';
import { openTrace } from '../../src/core/trace.ts';
import type { FeedLog } from '../../src/inventory/feed-log.ts';
import type { InventoryState } from '../../src/inventory/state.ts';
import { anyCoverage, type Coverage, type CoverageWanted } from '../../src/model/coverage.ts';
import { anonymous, type Principal } from '../../src/model/principal.ts';
import type { RequestContext } from '../../src/model/request.ts';
import type { SiteView } from '../../src/model/site.ts';
import type { Operations } from '../../src/operations/operations.ts';
import { createSubgraph } from '../../src/subgraph/subgraph.ts';

// The subgraph of installation `a`, asked without any server around it.

/** The id of something of installation `a`. */
export function idOf(type: string, localId: string, installation = 'a'): string {
  return encodeId({ type, installation, localId });
}

/** What a subgraph stands on. */
export interface SubgraphSetting {
  readonly current: () => InventoryState;
  readonly changed?: (revision: number, signal: AbortSignal) => Promise<InventoryState>;
  readonly clock: Clock;
  readonly log?: FeedLog;
  readonly operations?: Operations;
  readonly siteView?: () => SiteView;
  readonly authority?: Authority;
}

const site: SiteView = {
  id: 'lyon',
  name: 'Lyon',
  answeredBy: 'a-1',
  installations: ['a', 'b'].map((id) => ({ id, name: id.toUpperCase(), driver: null, brokers: [] })),
};

/** The schema. */
export function schemaOf({
  current,
  changed,
  clock,
  log,
  operations,
  siteView = () => site,
  authority,
}: SubgraphSetting): GraphQLSchema {
  return createSubgraph({
    installation: { id: 'a', name: 'A', site: 'lyon', driver: 'simulator' },
    broker: { id: 'a-1' },
    inventory: { current, ...(changed && { changed }), log: log ?? null },
    operations: operations ?? null,
    siteView,
    clock,
    ...(authority && { authority }),
  }).schema;
}

/** A state in which all is well. */
export function stateOf(snapshot: InventoryState['snapshot'], rest: Partial<InventoryState> = {}): InventoryState {
  return { revision: 1, snapshot, status: 'OK', asOf: 0, message: null, ...rest };
}

/** An answer as a client sees it. */
export interface SeenAnswer {
  readonly data: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- each test knows its answer
  readonly errors: { message: string; path: unknown[]; extensions: { code: string; coverage?: Coverage } }[];
}

interface Question {
  readonly source: string;
  readonly variables?: Record<string, unknown>;
  readonly wanted?: Partial<CoverageWanted>;
  /** Anonymous by default. */
  readonly principal?: Principal;
}

/** Asks once. */
export async function askSchema(
  schema: GraphQLSchema,
  clock: Clock,
  { source, ...rest }: Question,
): Promise<SeenAnswer & { coverage: Record<string, Coverage> }> {
  using deadline = createDeadline({ clock, timeoutMs: 1000 });
  const { principal = anonymous } = rest;
  const contextValue = { ...contextOf(deadline), principal, wanted: { ...anyCoverage, ...rest.wanted } };
  const answer = await graphql({ schema, source, contextValue, variableValues: rest.variables ?? {} });
  return { ...seen(answer), coverage: Object.fromEntries(contextValue.coverage) };
}

/** Follows a subscription, each event executed in a context of its own. Gives what cannot even begin as its one answer. */
export async function* follow(
  schema: GraphQLSchema,
  { source, variables = {}, signal, principal = anonymous }: Question & { readonly signal: AbortSignal },
): AsyncGenerator<SeenAnswer, undefined, undefined> {
  const deadline = { signal, timeoutMs: Infinity, remainingMs: () => Infinity, [Symbol.dispose]: () => undefined };
  const contextValue = { ...contextOf(deadline), principal };
  const args = { schema, document: parse(source), variableValues: variables, contextValue };
  const stream = await subscribe(args);
  if (!(Symbol.asyncIterator in stream)) {
    yield seen(stream);
    return;
  }
  yield* mapped(stream);
}

async function* mapped(stream: AsyncGenerator<ExecutionResult, void, void>): AsyncGenerator<SeenAnswer, undefined> {
  for await (const result of stream) {
    yield seen(result);
  }
}

/** The context of a request without special wishes. */
export function contextOf(deadline: RequestContext['deadline']): RequestContext {
  const trace = openTrace({}, Math.random);
  return { requestId: 'r', trace, deadline, principal: anonymous, wanted: anyCoverage, coverage: new Map() };
}

/** Through JSON, as a client sees it. */
function seen({ data, errors }: ExecutionResult): SeenAnswer {
  return JSON.parse(JSON.stringify({ data: data ?? null, errors: errors ?? [] })) as SeenAnswer;
}
