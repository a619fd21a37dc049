import { encodeRevisions } from '../core/revision-vector.ts';
import type { Endpoint } from '../scatter/endpoint.ts';
import type { StreamBroker } from './stream-broker.ts';
import { type AwayStatus, statusOfEnd } from './stream-end.ts';
import { afterVariable } from './stream-question.ts';
import { notReached } from './stream-start.ts';
import { type AttemptEnd, type FollowOptions, sinkOf, type Taking } from './stream-sink.ts';

// Follows one source for one subscriber, at whichever of its brokers is well: when one is lost another goes on after the
// last event that was taken, so that the subscriber notices nothing.

/** A source that is followed. */
export interface Follower {
  /** Looks whether its broker is still in the site. */
  check(): void;
  stop(): void;
}

/** Who was well for so long gets another chance at once, in milliseconds. */
const longEnoughMs = 1_000;
/** Many subscribers lose a broker at the same time; they are spread over this time, in milliseconds. */
const spreadMs = 50;
const firstPauseMs = 200;
const longestPauseMs = 3_000;

interface State extends Taking {
  readonly tried: Set<Endpoint | null>;
  /** Rounds through all brokers without one that was well. */
  failures: number;
  lastProblem: string | null;
  /** How the source is, by what the last broker said. */
  status: AwayStatus;
  current: { readonly broker: StreamBroker; readonly end: (end: AttemptEnd) => void } | null;
}

/** Begins to follow. */
export function followSource(options: FollowOptions): Follower {
  const state: State = {
    options,
    stop: new AbortController(),
    become: options.observer.streamOpened(options.source),
    tried: new Set(),
    attempts: 0,
    failures: 0,
    lastProblem: null,
    status: 'UNREACHABLE',
    afterGap: new Set(),
    current: null,
  };
  const failed = (thrown: unknown): void => {
    if (!state.stop.signal.aborted) {
      options.on.failed(thrown);
    }
  };
  void run(state)
    .catch(failed)
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
  const { signal } = stop;
  for (;;) {
    await options.room(signal);
    signal.throwIfAborted();
    const broker = options.brokers.choose(options.source, tried);
    if (broker === null) {
      await pause(state);
      continue;
    }
    state.become('OPENING');
    const startedAt = options.clock.now();
    const end = await attempt(state, broker);
    if (end.kind === 'complete' && options.mayComplete) {
      options.on.completed();
      return;
    }
    if (end.kind === 'refused') {
      options.on.refused(end.error);
      return;
    }
    await goOn(state, { broker, end, lastedMs: options.clock.now() - startedAt });
  }
}

interface Ended {
  readonly broker: StreamBroker;
  readonly end: AttemptEnd;
  readonly lastedMs: number;
}

/** Prepares for the next broker after one has ended. */
async function goOn(state: State, { broker, end, lastedMs }: Ended): Promise<void> {
  const { options, stop, tried } = state;
  if (end.kind === 'full') {
    state.become('PAUSED');
    return;
  }
  if (end.kind === 'moved' || end.kind === 'stopped') {
    return;
  }
  if (lastedMs >= longEnoughMs) {
    tried.clear();
    state.failures = 0;
  }
  tried.add(broker.endpoint);
  state.lastProblem = end.kind === 'lost' ? end.message : 'it ended the stream';
  state.status = end.kind === 'lost' ? statusOfEnd(end) : 'UNREACHABLE';
  if (options.taken.knows(options.source)) {
    options.observer.streamResumed(options.source, state.lastProblem);
  }
  await options.clock.sleep(options.random() * spreadMs, stop.signal);
}

/** All brokers were tried; they are tried again after a while. */
async function pause(state: State): Promise<void> {
  const { options, stop, tried } = state;
  state.become('AWAY');
  const message = state.lastProblem ?? 'none of its brokers admits requests';
  options.on.settled({ ...notReached(message, state.attempts), status: state.status });
  tried.clear();
  const fullMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(state.failures, 10));
  state.failures += 1;
  await options.clock.sleep(fullMs / 2 + options.random() * (fullMs / 2), stop.signal);
}

/** One subscription at one broker, until it ends for whatever reason. */
async function attempt(state: State, broker: StreamBroker): Promise<AttemptEnd> {
  const { options } = state;
  const { promise, resolve } = Promise.withResolvers<AttemptEnd>();
  state.attempts += 1;
  const { taken, source } = options;
  const after = taken.knows(source) || options.isLate() ? encodeRevisions(taken.after(source)) : null;
  state.current = { broker, end: resolve };
  const variables = { ...options.request.variables, [afterVariable]: after };
  const close = broker.open({ ...options.request, variables }, sinkOf(state, { end: resolve, after, broker }));
  try {
    return await promise;
  } finally {
    state.current = null;
    close();
  }
}
