import DataLoader from 'dataloader';
import { type GraphQLSchema, OperationTypeNode } from 'graphql';

import type { Clock } from '../core/clock.ts';
import { createDeadline, type Deadline, withReserve } from '../core/deadline.ts';
import { combine, type Question, type Reply, type SourceBody } from '../merge/combine.ts';
import type { RequestContext } from '../model/request.ts';
import type { FailureStatus, OutcomeReport } from '../scatter/outcome.ts';
import { encodeBatch } from '../rows/row-batch.ts';
import { explainRequest } from './explain.ts';
import type { Source } from './source.ts';

// One DataLoader for each source and request: whatever one tick wants of a source travels as one HTTP request, and equal
// questions travel once. Changes travel alone.

/** What a source says to one question, and how the asking went. */
export type SourceAnswer = OutcomeReport &
  ({ readonly status: 'OK'; readonly reply: Reply } | { readonly status: FailureStatus; readonly message: string });

/** Asks a source on behalf of a request. */
export type AskSource = (source: Source, question: Question, limits?: AskLimits) => Promise<SourceAnswer>;

/** What holds for one question beside what holds for the whole request. Only for changes, which travel alone. */
export interface AskLimits {
  /** How long the answer may take, in milliseconds, if that is less than what is left of the request. */
  readonly withinMs?: number;
  /** Told of each broker's answer, also of one that does not count because another broker may do better. */
  readonly onAnswer?: ((body: SourceBody) => void) | undefined;
}

/** What is asked on behalf of one request. */
interface Asked {
  readonly loaders: Map<Source, DataLoader<Question, SourceAnswer, string>>;
  /** The question that was asked last. */
  last: KeyedQuestion | null;
  /** The deadline of what was asked last. */
  deadline: SharedDeadline | null;
}

/**
 * A function that asks sources, with loaders that live as long as the request's context; or as long as the function, where it is
 * all that the request asks. What is found by its context is kept until a full collection if it knows the context itself, and
 * loaders do: a tenth of all work on small requests was to move it there and away again (measured).
 */
export function createLoaders(
  schema: GraphQLSchema,
  clock: Clock,
): (context: RequestContext, isWhole: boolean) => AskSource {
  const byRequest = new WeakMap<RequestContext, Asked>();
  return (context, isWhole) => {
    const asked: Asked = (isWhole ? null : byRequest.get(context)) ?? {
      loaders: new Map(),
      last: null,
      deadline: null,
    };
    if (!isWhole) {
      byRequest.set(context, asked);
    }
    const { loaders } = asked;
    const options = { schema, context, clock, asked };
    const askAlone = async (source: Source, question: Question, limits?: AskLimits): Promise<SourceAnswer> => {
      const [answer] = await askTogether(source, [question], { ...options, ...limits });
      return answer!;
    };
    const loaderOf = (source: Source): DataLoader<Question, SourceAnswer, string> => {
      const loader = createLoader(source, options);
      loaders.set(source, loader);
      return loader;
    };
    return (source, question, limits) =>
      question.subquery.operation === OperationTypeNode.MUTATION
        ? askAlone(source, question, limits)
        : (loaders.get(source) ?? loaderOf(source)).load(question);
  };
}

interface LoaderOptions {
  readonly schema: GraphQLSchema;
  readonly context: RequestContext;
  readonly clock: Clock;
  readonly asked: Asked;
}

function createLoader(source: Source, options: LoaderOptions): DataLoader<Question, SourceAnswer, string> {
  return new DataLoader((questions) => askTogether(source, questions, options), {
    cacheKeyFn: (question) => keyOf(question, options.asked),
  });
}

interface KeyedQuestion extends Question {
  readonly key: string;
}

/** What all sources are asked at one time has the same key, which is put together once. */
function keyOf({ subquery, variables, rows }: Question, asked: Asked): string {
  const { last } = asked;
  if (last?.subquery === subquery && last.variables === variables && areSameRows(last.rows, rows)) {
    return last.key;
  }
  const key = `${subquery.id} ${rowsKeyOf(rows)} ${JSON.stringify(variables)}`;
  asked.last = { subquery, variables, rows, key };
  return key;
}

function areSameRows(one: Question['rows'], other: Question['rows']): boolean {
  return one === undefined || other === undefined ? one === other : one.batch === other.batch;
}

function rowsKeyOf(rows: Question['rows']): string {
  return rows === undefined ? 'values' : rows.batch === null ? 'rows' : encodeBatch(rows.batch);
}

/** Asks a source several questions with one request. */
async function askTogether(
  source: Source,
  questions: readonly Question[],
  { schema, context, clock, asked, withinMs = Infinity, onAnswer }: LoaderOptions & AskLimits,
): Promise<SourceAnswer[]> {
  const shared = shareDeadline({ context, clock, asked, withinMs });
  try {
    const combined = combine(schema, questions);
    const startedMs = context.explanation?.elapsedMs() ?? 0;
    const outcome = await source.ask(combined.request, { context, deadline: shared.deadline, onAnswer });
    if (context.explanation) {
      const fields = questions.map(({ subquery }) => subquery.responseName);
      explainRequest(context.explanation, { source: source.id, fields, startedMs, outcome });
    }
    if (outcome.status !== 'OK') {
      return questions.map(() => outcome);
    }
    const { status, endpoint, attempts, latencyMs } = outcome;
    return combined.split(outcome.answer).map((reply) => ({ status, endpoint, attempts, latencyMs, reply }));
  } finally {
    shared.leave();
  }
}

/** A deadline of several askings, whose timer is stopped when the last of them has ended. */
class SharedDeadline {
  readonly deadline: Deadline;
  readonly endsAt: number;
  #users = 0;

  constructor(deadline: Deadline, endsAt: number) {
    this.deadline = deadline;
    this.endsAt = endsAt;
  }

  get isOver(): boolean {
    return this.#users === 0;
  }

  enter(): this {
    this.#users += 1;
    return this;
  }

  leave(): void {
    this.#users -= 1;
    if (this.#users === 0) {
      this.deadline[Symbol.dispose]();
    }
  }
}

/** What is asked of several sources at one time has one deadline, and one timer. */
function shareDeadline({
  context,
  clock,
  asked,
  withinMs,
}: Pick<LoaderOptions, 'context' | 'clock' | 'asked'> & { readonly withinMs: number }): SharedDeadline {
  const timeoutMs = Math.min(withReserve(context.deadline.remainingMs()), withinMs);
  const endsAt = clock.now() + timeoutMs;
  const known = asked.deadline;
  if (known?.endsAt === endsAt && !known.isOver) {
    return known.enter();
  }
  const { signal: parent } = context.deadline;
  asked.deadline = new SharedDeadline(createDeadline({ clock, timeoutMs, parent }), endsAt);
  return asked.deadline.enter();
}
