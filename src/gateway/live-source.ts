import type { FormattedExecutionResult } from 'graphql';

import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Lack, Reply, SourceError } from '../merge/combine.ts';
import type { Endpoint } from '../scatter/endpoint.ts';
import type { UpstreamState } from '../telemetry/upstream-metrics.ts';
import { joinLacks } from './examined-answer.ts';
import type { ToldPage } from './live-parts.ts';
import type { BrokerRequest, StreamBroker, StreamBrokers } from './stream-broker.ts';
import { type AwayStatus, statusOfEnd, type StreamEnd } from './stream-end.ts';
import type { StreamObserver } from './stream-sink.ts';

// Follows the page of one source at whichever of its brokers is well. Every page is whole, so that another broker simply begins
// anew: nothing has to be resumed.

/** A broker that is well tells its first page at once; one that does not is left, in milliseconds. */
const firstPageMs = 2_500;
/** Who told pages for so long gets another chance at once, in milliseconds. */
const longEnoughMs = 1_000;
/** Many readers lose a broker at the same time; they are spread over this time, in milliseconds. */
const spreadMs = 50;
const firstPauseMs = 200;
const longestPauseMs = 3_000;

/** A source whose page is followed. */
export interface LiveSource {
  /** Looks whether its broker is still a member. */
  check(): void;
  stop(): void;
}

interface LiveSourceOptions {
  /** Its name. */
  readonly source: string;
  readonly brokers: StreamBrokers;
  readonly request: BrokerRequest;
  /** Reads an event. Throws AttemptFailure if it cannot be right. */
  readonly read: (result: FormattedExecutionResult) => Reply;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observer: Pick<StreamObserver, 'streamOpened' | 'streamResumed'>;
  readonly on: LiveSourceEvents;
}

/** What is told of a source. */
interface LiveSourceEvents {
  page(page: ToldPage): void;
  /** It is asked again. */
  lost(message: string): void;
  /** All its brokers were asked in vain; they are asked again after a while. */
  away(message: string, status: AwayStatus): void;
  /** The question is at fault. */
  refused(error: SourceError): void;
}

type AttemptEnd = StreamEnd | { readonly kind: 'moved' | 'stopped' };

interface State {
  readonly options: LiveSourceOptions;
  readonly stop: AbortController;
  readonly become: (state: UpstreamState | null) => void;
  readonly tried: Set<Endpoint | null>;
  attempts: number;
  hasTold: boolean;
  /** Rounds through all brokers without one that was well. */
  failures: number;
  lastProblem: string | null;
  /** How the source is, by what the last broker said. */
  status: AwayStatus;
  current: { readonly broker: StreamBroker; readonly end: (end: AttemptEnd) => void } | null;
}

/** Begins to follow. */
export function followLive(options: LiveSourceOptions): LiveSource {
  const state: State = {
    options,
    stop: new AbortController(),
    become: options.observer.streamOpened(options.source),
    tried: new Set(),
    attempts: 0,
    hasTold: false,
    failures: 0,
    lastProblem: null,
    status: 'UNREACHABLE',
    current: null,
  };
  // It rejects with its stop only.
  void run(state)
    .catch(() => undefined)
    .finally(() => state.become(null));
  return {
    check() {
      const { current } = state;
      if (current && !options.brokers.isMember(options.source, current.broker)) {
        current.end({ kind: 'moved' });
      }
    },
    stop() {
      state.stop.abort(new Error('Nobody follows this source any more.'));
      state.current?.end({ kind: 'stopped' });
    },
  };
}

async function run(state: State): Promise<void> {
  const { options, stop, tried } = state;
  const { clock, random, on } = options;
  for (;;) {
    stop.signal.throwIfAborted();
    const broker = options.brokers.choose(options.source, tried);
    if (broker === null) {
      await pause(state);
      continue;
    }
    state.become('OPENING');
    const startedAt = clock.now();
    const end = await attempt(state, broker);
    if (end.kind === 'refused') {
      on.refused(end.error);
      return;
    }
    if (end.kind === 'moved' || end.kind === 'stopped') {
      continue;
    }
    const message = end.kind === 'lost' ? end.message : 'it ended the stream';
    if (clock.now() - startedAt >= longEnoughMs) {
      tried.clear();
      state.failures = 0;
    }
    tried.add(broker.endpoint);
    state.lastProblem = message;
    state.status = end.kind === 'lost' ? statusOfEnd(end) : 'UNREACHABLE';
    on.lost(message);
    if (state.hasTold) {
      options.observer.streamResumed(options.source, message);
    }
    await clock.sleep(random() * spreadMs, stop.signal);
  }
}

/** All brokers were asked; they are asked again after a while. */
async function pause(state: State): Promise<void> {
  const { options, stop, tried } = state;
  state.become('AWAY');
  options.on.away(state.lastProblem ?? 'none of its brokers admits requests', state.status);
  tried.clear();
  const fullMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(state.failures, 10));
  state.failures += 1;
  await options.clock.sleep(fullMs / 2 + options.random() * (fullMs / 2), stop.signal);
}

/** One subscription at one broker, until it ends for whatever reason. */
async function attempt(state: State, broker: StreamBroker): Promise<AttemptEnd> {
  const { options } = state;
  const { clock, on } = options;
  const { promise, resolve } = Promise.withResolvers<AttemptEnd>();
  const patience = new AbortController();
  const askedAt = clock.now();
  let latencyMs: number | null = null;
  state.attempts += 1;
  state.current = { broker, end: resolve };
  const next = (result: FormattedExecutionResult, lack?: Lack): null => {
    if (state.stop.signal.aborted) {
      return null;
    }
    let reply: Reply;
    try {
      const read = options.read(result);
      reply = { ...read, lack: joinLacks(read.lack, lack) };
    } catch (thrown) {
      resolve({ kind: 'lost', message: messageOf(thrown), answered: false });
      return null;
    }
    patience.abort(new Error('It has told a page.'));
    latencyMs ??= clock.now() - askedAt;
    state.hasTold = true;
    state.become('LIVE');
    on.page({
      reply,
      endpoint: broker.endpoint?.url ?? null,
      attempts: broker.endpoint === null ? 0 : state.attempts,
      latencyMs,
    });
    return null;
  };
  const close = broker.open(options.request, { reached: () => undefined, next, end: resolve });
  const silent: AttemptEnd = { kind: 'lost', message: `it has told no page within ${firstPageMs} ms`, answered: true };
  clock.sleep(firstPageMs, patience.signal).then(
    () => resolve(silent),
    () => undefined,
  );
  try {
    return await promise;
  } finally {
    patience.abort(new Error('It is over.'));
    state.current = null;
    close();
  }
}
