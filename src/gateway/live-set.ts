import type { FormattedExecutionResult } from 'graphql';

import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import { conformityOf } from '../merge/conform.ts';
import { problemOfPage } from '../merge/connection.ts';
import type { Examination, Reply, SourceBody, SourceError } from '../merge/combine.ts';
import type { Part } from '../merge/strategy.ts';
import type { RequestContext } from '../model/request.ts';
import { examineAnswer } from './examined-answer.ts';
import { settleInstallations } from './known-installations.ts';
import { type Bell, createBell } from './live-bell.ts';
import type { LiveForeign } from './live-foreign.ts';
import { createLiveParts, type LiveParts } from './live-parts.ts';
import type { LiveQuestion } from './live-question.ts';
import { followLive, type LiveSource } from './live-source.ts';
import type { Reading } from './reading.ts';
import { isNamed, type Selection, selectSources } from './select-sources.ts';
import { narrowed, type Source } from './source.ts';
import type { StreamBrokers, StreamCaller } from './stream-broker.ts';
import type { StreamMembership } from './stream-members.ts';
import type { StreamObserver } from './stream-sink.ts';

// The sources of one live page, as the members are now: each is followed, and its latest page is kept.

/** What live pages stand on. */
export interface LiveOptions {
  /** What the sources make together, for messages. */
  readonly where: string;
  readonly membership: StreamMembership;
  readonly brokers: StreamBrokers;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observer: StreamObserver;
}

/** A live page to be begun. */
export interface LiveBeginning {
  readonly question: LiveQuestion;
  readonly caller: StreamCaller;
  /** Adds what the sources do not know; null if nothing of that is wanted. */
  readonly foreign: LiveForeign | null;
  /** The context that it begins with. */
  readonly context: RequestContext;
  readonly signal: AbortSignal;
}

/** The sources of a live page. Disposing it ends all that follows them. */
export interface LiveSet extends Disposable {
  /** How it stands with each source now, in the order of their names. */
  readings(): readonly Reading[];
  /** How long until that is different although nothing happens, in milliseconds; null for never. */
  dueInMs(): number | null;
  /** Rings whenever anything may be different. */
  readonly bell: Bell;
  /** Which sources are concerned now, and the records of those that are not. */
  readonly selection: Selection;
  /** Set if the question is at fault. */
  readonly refusal: SourceError | null;
}

/**
 * Follows all sources concerned, those that join later as well.
 * @param timeoutMs How long a source that has told nothing is PENDING.
 * @throws SitewideError `UNKNOWN_SOURCE`.
 */
export function followSources(options: LiveOptions, beginning: LiveBeginning, timeoutMs: number): LiveSet {
  const { membership, clock } = options;
  const followed = new Map<string, LiveSource>();
  const parts = createLiveParts({ clock, timeoutMs });
  const bell = createBell(clock);
  let selection = select(options, beginning);
  let refusal: SourceError | null = null;
  const refuse = (error: SourceError): void => {
    refusal ??= error;
    bell.ring();
  };
  const reconcile = (): void => {
    const wanted = new Map(selection.concerned.map((source) => [source.id, source]));
    for (const [id, live] of followed) {
      const source = wanted.get(id);
      if (source) {
        parts.renew(source);
        live.check();
      } else {
        live.stop();
        followed.delete(id);
        parts.forget(id);
      }
    }
    for (const [id, source] of wanted) {
      if (!followed.has(id)) {
        parts.expect(source);
        followed.set(id, follow({ ...options, ...beginning, parts, bell, refuse }, source));
      }
    }
    bell.ring();
  };
  reconcile();
  const unlisten = membership.onChange(() => {
    selection = selectLater(options, beginning);
    reconcile();
  });
  return {
    readings() {
      const { sources } = membership.current;
      const settled = settleInstallations({ sources, context: beginning.context }, parts.readings());
      return [...settled].sort((a, b) => (a.source.id < b.source.id ? -1 : 1));
    },
    dueInMs: () => parts.dueInMs(),
    bell,
    get selection() {
      return selection;
    },
    get refusal() {
      return refusal;
    },
    [Symbol.dispose]() {
      unlisten();
      followed.forEach((live) => live.stop());
      followed.clear();
    },
  };
}

interface Following extends LiveOptions, LiveBeginning {
  readonly parts: LiveParts;
  readonly bell: Bell;
  readonly refuse: (error: SourceError) => void;
}

function follow(following: Following, source: Source): LiveSource {
  const { question, context, caller, parts, bell, refuse } = following;
  const { document, text, variables } = question;
  const request = {
    ...{ document, text, variables, caller },
    principal: context.principal,
    requestId: context.requestId,
    trace: context.trace.childHeaders(),
    only: narrowed(context, source),
  };
  const told = (work: () => void): void => {
    work();
    bell.ring();
  };
  return followLive({
    ...following,
    ...{ source: source.id, request },
    read: (result) => replyOf(question, result),
    on: {
      page: (page) =>
        told(() => {
          const refused = parts.page(source.id, page)?.refusal;
          if (refused) {
            refuse(refused);
          }
        }),
      lost: (message) => told(() => parts.lost(source.id, message)),
      away: (message, status) => told(() => parts.away(source.id, { status, message })),
      refused: refuse,
    },
  });
}

/**
 * What an event says, in the words of an answer.
 * @throws AttemptFailure if it cannot be right.
 */
function replyOf(
  { scope, document, responseName }: LiveQuestion,
  { data = null, errors = [], extensions }: FormattedExecutionResult,
): Reply {
  const examine = (sent: SourceBody['data']): Examination => {
    const found = conformityOf(scope.schema, document)(sent ?? {});
    const page = ((found.data as SourceBody['data'])?.[responseName] ?? null) as Part | null;
    const problem = found.problem ?? (page === null ? null : problemOfPage(page));
    return { ...found, data: found.data as SourceBody['data'], problem };
  };
  const coverage = (extensions?.['coverage'] ?? {}) as SourceBody['coverage'];
  const body = examineAnswer({ examine }, { data, errors: errors, coverage });
  const lack = body.lacks?.get(responseName);
  return {
    value: body.data?.[responseName] ?? null,
    errors: body.errors,
    coverage: coverage[responseName] ?? null,
    lack,
  };
}

function select({ membership, where }: LiveOptions, { question, context }: LiveBeginning): Selection {
  return selectSources({ args: question.args, sources: membership.current.sources, context, where });
}

/** The same later on: a source that is not a member at the moment is no error any more. */
function selectLater(options: LiveOptions, beginning: LiveBeginning): Selection {
  const { context } = beginning;
  const { sources } = options.membership.current;
  const known = context.wanted.sources?.filter((name) => sources.some((source) => isNamed(source, name))) ?? null;
  const wanted = { ...context.wanted, sources: known };
  try {
    return select(options, { ...beginning, context: { ...context, wanted } });
  } catch (thrown) {
    if (thrown instanceof SitewideError) {
      return { concerned: [], skipped: [] };
    }
    throw thrown;
  }
}
