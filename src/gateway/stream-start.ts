import type { Lack, SourceError } from '../merge/combine.ts';
import type { SourceCoverage } from '../model/coverage.ts';
import type { AwayStatus } from './stream-end.ts';

// The beginning of a stream: it waits until each source was reached, or was tried in vain, so that the first token says of
// as many sources as possible where they are.

/** How it went with a source. */
export interface StartOutcome {
  readonly reached: boolean;
  /** Why it was not reached. */
  readonly message: string | null;
  /** How many times one of its brokers was asked. */
  readonly attempts: number;
  /** Who answered, and after how many milliseconds; null for this broker itself. */
  readonly endpoint: string | null;
  readonly latencyMs: number | null;
  /** What a site said of its installations; empty if it said nothing. */
  readonly nested: readonly SourceCoverage[];
  /** Of one that was reached: what it does not understand. */
  readonly lack?: Lack | undefined;
  /** How it is if it was not reached; UNREACHABLE if that is not said. */
  readonly status?: AwayStatus | undefined;
}

/** The outcome of a source that was not reached. */
export function notReached(message: string, attempts: number): StartOutcome {
  return { reached: false, message, attempts, endpoint: null, latencyMs: null, nested: [] };
}

/** How the beginning went. */
interface Began {
  /** Set if the question is at fault. */
  readonly refusal: SourceError | null;
  readonly outcomes: ReadonlyMap<string, StartOutcome>;
}

/** What the beginning waits for. */
export interface StreamStart {
  expect(source: string): void;
  settle(source: string, outcome: StartOutcome): void;
  refuse(error: SourceError): void;
  /** Resolves when all are settled, one refuses, or the signal aborts. */
  settled(signal: AbortSignal): Promise<Began>;
}

const silent = notReached('it does not answer', 1);

/** A beginning that waits for nobody yet. */
export function createStreamStart(): StreamStart {
  const outcomes = new Map<string, StartOutcome | null>();
  let refusal: SourceError | null = null;
  const { promise, resolve } = Promise.withResolvers<void>();
  const resolveIfSettled = (): void => {
    if (refusal !== null || [...outcomes.values()].every((outcome) => outcome !== null)) {
      resolve();
    }
  };
  return {
    expect: (source) => void outcomes.set(source, null),
    settle(source, outcome) {
      if (outcomes.get(source)?.reached !== true) {
        outcomes.set(source, outcome);
        resolveIfSettled();
      }
    },
    refuse(error) {
      refusal ??= error;
      resolveIfSettled();
    },
    async settled(signal) {
      const tooLate = (): void => resolve();
      signal.addEventListener('abort', tooLate, { once: true });
      if (signal.aborted) {
        tooLate();
      }
      await promise;
      signal.removeEventListener('abort', tooLate);
      const all = [...outcomes].map(([source, outcome]) => [source, outcome ?? silent] as const);
      return { refusal, outcomes: new Map(all) };
    },
  };
}
