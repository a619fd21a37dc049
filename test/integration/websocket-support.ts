import { buildSchema } from 'graphql';
import type { GraphQLObjectType, GraphQLSchema } from 'graphql';

import { SitewideError } from '../../src/core/errors.ts';
import { endable } from '../../src/core/endable.ts';
import type { RequestContext } from '../../src/model/request.ts';

// A schema whose subscriptions a test can watch: how many run, how many events were taken from them, and with what.

const sdl = `
  enum CoverageRequirement { ANY ALL }
  directive @coverage(require: CoverageRequirement = ANY, sources: [String!], timeoutMs: Int, atLeast: String)
    on QUERY | MUTATION | SUBSCRIPTION
  type Query { hello(name: String): String  waiting: String  failing: String  large(bytes: Int!): String }
  type Mutation { change: String }
  type Subscription {
    ticks(upTo: Int, bytes: Int): Tick
    silent: Tick
    broken: Tick
    opening: Tick
    refused: Tick
    told: Tick
    ending: Tick
  }
  type Tick { number: Int text: String context: String failing: String me: Tick }
`;

/** What the subscriptions of a test do. */
export interface Ticker {
  readonly schema: GraphQLSchema;
  /** Generators that have begun and not ended. */
  running: number;
  /** Events that were taken from generators. */
  taken: number;
  /** Ended queries that wait, with what ended them. */
  readonly ended: unknown[];
  /** Begun queries that wait. */
  began: number;
  /** Sends an event to `told`. */
  tell(number: number): void;
}

type Args = Readonly<Record<string, unknown>>;

/** A schema that nobody has asked yet. */
export function createTicker(): Ticker {
  const listeners = new Set<(number: number) => void>();
  const ticker: Ticker = {
    schema: buildSchema(sdl),
    running: 0,
    taken: 0,
    ended: [],
    began: 0,
    tell: (number) => listeners.forEach((listener) => listener(number)),
  };
  const { schema } = ticker;
  const streams = streamsOf(ticker, listeners);
  for (const [name, field] of Object.entries(schema.getSubscriptionType()!.getFields())) {
    field.subscribe = (_, args: Args, context: RequestContext) => streams[name]!(args, context);
    field.resolve = (event: unknown) => event;
  }
  const questions = questionsOf(ticker);
  for (const [name, field] of Object.entries(schema.getQueryType()!.getFields())) {
    field.resolve = (_, args: Args, context: RequestContext) => questions[name]!(args, context);
  }
  schema.getMutationType()!.getFields()['change']!.resolve = () => 'changed';
  resolveTicks(schema);
  return ticker;
}

type Stream = (args: Args, context: RequestContext) => unknown;

function streamsOf(ticker: Ticker, listeners: Set<(number: number) => void>): Readonly<Record<string, Stream>> {
  const counted = (upTo: number, next: (number: number) => Promise<object>): unknown => count(ticker, upTo, next);
  return {
    ticks: ({ upTo = Infinity, bytes = 0 }) =>
      counted(upTo as number, async (number) => ({ number, text: 'x'.repeat(bytes as number) })),
    silent: (_, { deadline }) => counted(Infinity, () => untilAborted(deadline.signal)),
    broken: () =>
      counted(Infinity, async (number) => {
        if (number > 1) {
          throw new Error('the password is hunter2');
        }
        return { number };
      }),
    opening: (_, { deadline }) => untilAborted(deadline.signal),
    ending: (_, { deadline }) =>
      endable(deadline.signal, (signal) => count(ticker, Infinity, () => untilAborted(signal))),
    refused: () => {
      throw new SitewideError('REVISION_INVALID', { token: 'x', problem: 'it is too short' });
    },
    told: (_, { deadline }) =>
      counted(Infinity, () => {
        const { promise, resolve } = Promise.withResolvers<object>();
        listeners.add((number) => resolve({ number }));
        return Promise.race([promise, untilAborted(deadline.signal)]);
      }),
  };
}

async function* count(
  ticker: Ticker,
  upTo: number,
  next: (number: number) => Promise<object>,
): AsyncGenerator<object, void> {
  ticker.running += 1;
  try {
    for (let number = 1; number <= upTo; number += 1) {
      const event = await next(number);
      ticker.taken += 1;
      yield event;
    }
  } finally {
    ticker.running -= 1;
  }
}

function questionsOf(ticker: Ticker): Readonly<Record<string, Stream>> {
  return {
    hello: ({ name }, { coverage }) => {
      coverage.set('hello', { complete: true, sources: [] });
      return `hello ${typeof name === 'string' ? name : 'world'}`;
    },
    waiting: async (_, { deadline }) => {
      ticker.began += 1;
      return untilAborted(deadline.signal).finally(() => ticker.ended.push(deadline.signal.reason));
    },
    failing: () => {
      throw new Error('the password is hunter2');
    },
    large: ({ bytes }) => 'x'.repeat(bytes as number),
  };
}

function resolveTicks(schema: GraphQLSchema): void {
  const tick = schema.getType('Tick');
  const fields = (tick as GraphQLObjectType).getFields();
  fields['me']!.resolve = (event: unknown) => event;
  fields['failing']!.resolve = () => {
    throw new Error('the password is hunter2');
  };
  fields['context']!.resolve = (
    _: unknown,
    _args: unknown,
    { wanted, deadline, requestId, coverage }: RequestContext,
  ) => {
    coverage.set('ticks', { complete: true, sources: [] });
    return JSON.stringify({ wanted, timeoutMs: deadline.timeoutMs, requestId });
  };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
