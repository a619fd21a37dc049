import type { FormattedExecutionResult } from 'graphql';

import type { Clock } from '../core/clock.ts';
import type { Place, RevisionVector } from '../core/revision-vector.ts';
import type { Lack, SourceError } from '../merge/combine.ts';
import type { Coverage, SourceCoverage } from '../model/coverage.ts';
import { readSourceName } from '../model/source-name.ts';
import type { UpstreamMetrics, UpstreamState } from '../telemetry/upstream-metrics.ts';
import type { BrokerRequest, BrokerSink, StreamBroker, StreamBrokers } from './stream-broker.ts';
import { endByErrors, type StreamEnd } from './stream-end.ts';
import { type EventOrigin, judgeEvent, type Known, readEvent, type SourceEvent } from './stream-event.ts';
import type { StartOutcome } from './stream-start.ts';
import type { StreamTaken } from './stream-taken.ts';

// Takes the events of one subscription at one broker of a source, and says when that subscription must end: because it is
// wrong, or because nobody takes what it brings.

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
  readonly taken: StreamTaken;
  /** True if even a source of which nothing was taken goes on after something, and so has to begin with a GAP. */
  readonly isLate: () => boolean;
  /** True if each event tells of all parts of one thing. */
  readonly isShared: boolean;
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
export interface FollowerEvents {
  event(event: SourceEvent): void;
  /** The source was reached for the first time, or all its brokers were tried in vain. May come again. */
  settled(outcome: StartOutcome): void;
  refused(error: SourceError): void;
  /** Something that nobody expected ended it. */
  failed(thrown: unknown): void;
  completed(): void;
}

/** How one subscription at one broker ended. */
export type AttemptEnd = StreamEnd | { readonly kind: 'full' | 'moved' | 'stopped' };

/** A source as far as taking its events goes. */
export interface Taking {
  readonly options: FollowOptions;
  readonly stop: AbortController;
  readonly become: (state: UpstreamState | null) => void;
  /** How many times one of its brokers was asked. */
  attempts: number;
  /** The installations of which a GAP was taken last. */
  readonly afterGap: Set<string>;
}

/** One subscription at one broker. */
interface Attempt {
  readonly broker: StreamBroker;
  /** Where it began; null: at the present. */
  readonly after: string | null;
  readonly end: (end: AttemptEnd) => void;
}

/** What is told by a broker, until its subscription must end. */
export function sinkOf(state: Taking, { broker, after, end }: Attempt): BrokerSink {
  const { options, stop } = state;
  const came = new Map<string, Place>();
  let hasCome = false;
  let isOver = false;
  let lack: Lack | undefined;
  const finish = (reason: AttemptEnd): null => {
    isOver = true;
    end(reason);
    return null;
  };
  const startedAt = options.clock.now();
  const reached = (nested: readonly SourceCoverage[]): void => {
    state.become('LIVE');
    const endpoint = broker.endpoint?.id ?? null;
    const latencyMs = options.clock.now() - startedAt;
    options.on.settled({ reached: true, message: null, attempts: state.attempts, endpoint, latencyMs, nested, lack });
  };
  return {
    reached(without) {
      lack = without;
      // A source that begins says so with its first event; an installation that goes on may have nothing to say for long.
      if (after !== null && readSourceName(options.source).kind === 'installation') {
        reached([]);
      }
    },
    next(result, without) {
      if (isOver || stop.signal.aborted) {
        return null;
      }
      if (after === null && !hasCome && options.isLate()) {
        // It answered too late for the beginning: what happened there since then is missed, which it must say with a GAP.
        return finish({ kind: 'moved' });
      }
      const found = take(state, result, came);
      if ('kind' in found) {
        return finish(found);
      }
      if (!hasCome) {
        hasCome = true;
        lack = without;
        reached(nestedCoverage(result, options));
      }
      Object.entries(found.places).forEach(([installation, place]) => came.set(installation, place));
      if (!options.isFull()) {
        return null;
      }
      return broker.endpoint === null ? options.room(stop.signal).catch(() => undefined) : finish({ kind: 'full' });
    },
    end: finish,
  };
}

/** What a site says of its installations with its first event. */
function nestedCoverage({ extensions }: FormattedExecutionResult, origin: EventOrigin): readonly SourceCoverage[] {
  const coverage = (extensions?.['coverage'] as Record<string, Coverage> | undefined)?.[origin.responseName];
  return coverage?.sources.filter(({ parent }) => parent === origin.source) ?? [];
}

/** Takes an event, or says why the subscription it came over must end. */
function take(state: Taking, result: FormattedExecutionResult, came: Known['came']): SourceEvent | StreamEnd {
  const { options } = state;
  const { source, taken, observer, isShared } = options;
  const ownPlaces = (...of: [string | null, RevisionVector]): RevisionVector | null => taken.ownPlaces(source, ...of);
  const event = readEvent(result, { ...options, ownPlaces });
  if (event === null) {
    return endByErrors(result.errors);
  }
  if (typeof event === 'string') {
    return wrong(source, event);
  }
  switch (judgeEvent(event, { taken: taken.places, came, afterGap: state.afterGap, isShared })) {
    case 'backwards':
      return wrong(source, 'it went back to an earlier place');
    case 'duplicate':
      if (event.type !== 'BOOKMARK') {
        observer.duplicateDropped(source);
      }
      return event;
    case 'new':
      noteGap(state, event);
      taken.take(event);
      options.on.event(event);
      return event;
  }
}

/** Of a site an installation may be at fault, or one that is configured at two sites: its broker answers well otherwise. */
function wrong(source: string, message: string): StreamEnd {
  return { kind: 'lost', message, answered: readSourceName(source).kind === 'site' };
}

function noteGap({ afterGap, options: { observer } }: Taking, { source, installation, type }: SourceEvent): void {
  if (installation === null) {
    return;
  }
  if (type === 'GAP') {
    afterGap.add(installation);
    observer.gapMet(source);
  } else {
    afterGap.delete(installation);
  }
}
