import type { FormattedExecutionResult } from 'graphql';

import type { Clock } from '../core/clock.ts';
import { encodeRevisions, type Place } from '../core/revision-vector.ts';
import type { SourceError } from '../merge/combine.ts';
import type { Endpoint } from '../scatter/endpoint.ts';
import type { BrokerRequest, BrokerSink, StreamBroker, StreamBrokers } from './stream-broker.ts';
import type { UpstreamMetrics, UpstreamState } from '../telemetry/upstream-metrics.ts';
import { endByErrors, type StreamEnd } from './stream-end.ts';
import { type EventOrigin, judgeEvent, readEvent, type SourceEvent } from './stream-event.ts';
import { afterVariable } from './stream-question.ts';

// Follows one source for one subscriber, at whichever of its brokers is well: when one is lost another goes on after the
// last event that was taken, so that the subscriber notices nothing.

/** What is told of the streams at sources. */
export interface StreamObserver extends Omit<UpstreamMetrics, 'streamResumed'> {
  /** A stream was lost, for this reason, and goes on. */
  streamResumed(source: string, why: string): void;
}

/** What following takes. */
export interface FollowOptions extends EventOrigin {
  readonly brokers: StreamBrokers;
  /** What is asked; the place to begin at is added. */
  readonly request: BrokerRequest;
  /** The place of the last event that was taken; it outlives the follower. */
  readonly taken: Map<string, Place>;
  /** The token to begin with as long as nothing was taken. */
  readonly firstToken: () => string | null;
  /** True if the source may say that there is nothing more to come. */
  readonly mayComplete: boolean;
  readonly isFull: () => boolean;
  readonly room: (signal: AbortSignal) => Promise<void>;
  readonly on: FollowerEvents;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observer: StreamObserver;
}

/** What a follower tells. */
interface FollowerEvents {
  event(event: SourceEvent): void;
  /** The source was reached for the first time, or all its brokers were tried in vain. May come again. */
  settled(outcome: { readonly reached: boolean; readonly message: string | null }): void;
  refused(error: SourceError): void;
  completed(): void;
}

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

interface State {
  readonly options: FollowOptions;
  readonly stop: AbortController;
  readonly become: (state: UpstreamState | null) => void;
  readonly tried: Set<Endpoint | null>;
  /** Rounds through all brokers without one that was well. */
  failures: number;
  lastProblem: string | null;
  afterGap: boolean;
  current: { readonly broker: StreamBroker; readonly end: (end: AttemptEnd) => void } | null;
}

type AttemptEnd = StreamEnd | { readonly kind: 'full' | 'moved' | 'stopped' };

/** Begins to follow. */
export function followSource(options: FollowOptions): Follower {
  const state: State = {
    options,
    stop: new AbortController(),
    become: options.observer.streamOpened(options.source),
    tried: new Set(),
    failures: 0,
    lastProblem: null,
    afterGap: false,
    current: null,
  };
  const ended = run(state).catch((thrown: unknown) => {
    if (!state.stop.signal.aborted) {
      throw thrown;
    }
  });
  void ended.finally(() => state.become(null));
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
  if (options.taken.has(options.installation)) {
    options.observer.streamResumed(options.source, state.lastProblem);
  }
  await options.clock.sleep(options.random() * spreadMs, stop.signal);
}

/** All brokers were tried; they are tried again after a while. */
async function pause(state: State): Promise<void> {
  const { options, stop, tried } = state;
  state.become('AWAY');
  options.on.settled({ reached: false, message: state.lastProblem ?? 'none of its brokers admits requests' });
  tried.clear();
  const fullMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(state.failures, 10));
  state.failures += 1;
  await options.clock.sleep(fullMs / 2 + options.random() * (fullMs / 2), stop.signal);
}

/** One subscription at one broker, until it ends for whatever reason. */
async function attempt(state: State, broker: StreamBroker): Promise<AttemptEnd> {
  const { options } = state;
  const { promise, resolve } = Promise.withResolvers<AttemptEnd>();
  const place = options.taken.get(options.installation);
  const after = place === undefined ? options.firstToken() : encodeRevisions({ [options.installation]: place });
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

interface Attempt {
  readonly broker: StreamBroker;
  readonly after: string | null;
  readonly end: (end: AttemptEnd) => void;
}

function sinkOf(state: State, { broker, after, end }: Attempt): BrokerSink {
  const { options, stop } = state;
  let came: Place | null = null;
  let isOver = false;
  const finish = (reason: AttemptEnd): null => {
    isOver = true;
    end(reason);
    return null;
  };
  const reached = (): void => {
    state.become('LIVE');
    options.on.settled({ reached: true, message: null });
  };
  return {
    reached() {
      // A source that begins says so with its first event; one that goes on may have nothing to say for long.
      if (after !== null) {
        reached();
      }
    },
    next(result) {
      if (isOver || stop.signal.aborted) {
        return null;
      }
      const found = take(state, result, came);
      if ('kind' in found) {
        return finish(found);
      }
      came = found.place;
      reached();
      if (!options.isFull()) {
        return null;
      }
      return broker.endpoint === null ? options.room(stop.signal).catch(() => undefined) : finish({ kind: 'full' });
    },
    end: finish,
  };
}

/** Takes an event, or says why the subscription it came over must end. */
function take(state: State, result: FormattedExecutionResult, came: Place | null): SourceEvent | StreamEnd {
  const { options } = state;
  const { source, installation, taken, observer } = options;
  const event = readEvent(result, options);
  if (event === null) {
    return endByErrors(result.errors);
  }
  if (typeof event === 'string') {
    return { kind: 'lost', message: event, answered: false };
  }
  switch (judgeEvent(event, { taken: taken.get(installation) ?? null, came, afterGap: state.afterGap })) {
    case 'backwards':
      return { kind: 'lost', message: 'it went back to an earlier place', answered: false };
    case 'duplicate':
      if (event.type !== 'BOOKMARK') {
        observer.duplicateDropped(source);
      }
      return event;
    case 'new':
      if (event.type === 'GAP') {
        observer.gapMet(source);
      }
      state.afterGap = event.type === 'GAP';
      taken.set(installation, event.place);
      options.on.event(event);
      return event;
  }
}
