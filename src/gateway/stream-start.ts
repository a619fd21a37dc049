import type { SourceError } from '../merge/combine.ts';

// The beginning of a stream: it waits until each source was reached, or was tried in vain, so that the first token says of
// as many sources as possible where they are.

/** How the beginning went. */
interface Began {
  /** Set if the question is at fault. */
  readonly refusal: SourceError | null;
  readonly reached: readonly string[];
  readonly away: readonly { readonly source: string; readonly message: string }[];
}

/** What the beginning waits for. */
export interface StreamStart {
  expect(source: string): void;
  settle(source: string, outcome: { readonly reached: boolean; readonly message: string | null }): void;
  refuse(error: SourceError): void;
  /** Resolves when all are settled, one refuses, or the signal aborts. */
  settled(signal: AbortSignal): Promise<Began>;
}

/** A beginning that waits for nobody yet. */
export function createStreamStart(): StreamStart {
  const outcomes = new Map<string, { readonly reached: boolean; readonly message: string | null } | null>();
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
      const all = [...outcomes];
      return {
        refusal,
        reached: all.flatMap(([source, outcome]) => (outcome?.reached ? [source] : [])),
        away: all.flatMap(([source, outcome]) =>
          outcome?.reached ? [] : [{ source, message: outcome?.message ?? 'it does not answer' }],
        ),
      };
    },
  };
}
