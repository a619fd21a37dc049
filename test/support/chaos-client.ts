import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { createTransport } from '../../src/client/transport.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Question } from './chaos-questions.ts';

// A client that asks at a steady rate, whatever the answers take, and checks every answer.

/** What became of the requests. Latencies are milliseconds. */
export interface ChaosResult {
  readonly requests: number;
  readonly complete: number;
  readonly partial: number;
  readonly failed: number;
  readonly latencies: readonly number[];
  /** Endpoints that this client found to have failed or to be slow, so that it asked another. */
  readonly reissued: number;
  /** What was wrong with the answers that were not complete and right, the first few. */
  readonly problems: readonly string[];
}

interface ChaosClientOptions {
  readonly endpoints: readonly string[];
  readonly perSecond: number;
  readonly timeoutMs: number;
  readonly question: () => Question;
  /** Ends the asking; the answers still under way are awaited. */
  readonly signal: AbortSignal;
}

/** So many problems are kept. */
const keptProblems = 12;

/** Asks until the signal aborts. */
export async function askSteadily(options: ChaosClientOptions): Promise<ChaosResult> {
  const { endpoints, perSecond, timeoutMs, question, signal } = options;
  const tally = { requests: 0, complete: 0, partial: 0, failed: 0, reissued: 0 };
  const latencies: number[] = [];
  const problems: string[] = [];
  const transport = createTransport({
    endpoints,
    clock: systemClock,
    spreading: 'SPREAD',
    onProblem: () => (tally.reissued += 1),
  });
  const never = new AbortController().signal;
  const one = async (asked: Question): Promise<void> => {
    const startedAt = performance.now();
    const at = Math.round(performance.now() - began);
    let verdict: Verdict;
    try {
      verdict = judge(asked, await transport.request(asked.text, asked.variables, { signal: never, timeoutMs }));
    } catch (thrown) {
      verdict = { kind: 'failed', problem: String(thrown) };
    }
    const took = performance.now() - startedAt;
    latencies.push(took);
    tally[verdict.kind] += 1;
    if (verdict.kind !== 'complete' && problems.length < keptProblems) {
      problems.push(`${asked.name} at ${at} ms, after ${Math.round(took)} ms: ${verdict.problem}`);
    }
  };
  const began = performance.now();
  const running = new Set<Promise<void>>();
  while (!signal.aborted) {
    // What a late timer missed is made up for, so that a busy machine does not lower the load.
    const due = ((performance.now() - began) / 1_000) * perSecond;
    for (; tally.requests < due; tally.requests += 1) {
      const work = one(question()).finally(() => running.delete(work));
      running.add(work);
    }
    await delay(5);
  }
  await Promise.all(running);
  return { ...tally, latencies, problems };
}

type Verdict = { readonly kind: 'complete' } | { readonly kind: 'partial' | 'failed'; readonly problem: string };

type Answer = Awaited<ReturnType<ReturnType<typeof createTransport>['request']>>;

function judge({ expected, answered }: Question, { data, errors, extensions, endpoint }: Answer): Verdict {
  if (errors.length > 0 || data === null) {
    return { kind: 'failed', problem: `${endpoint} ${JSON.stringify(errors).slice(0, 600)}` };
  }
  const coverage = Object.values((extensions['coverage'] ?? {}) as Record<string, { readonly complete: boolean }>);
  if (coverage.length === 0 || coverage.some(({ complete }) => !complete)) {
    return { kind: 'partial', problem: `${endpoint} ${JSON.stringify(coverage).slice(0, 900)}` };
  }
  if (!isDeepStrictEqual(data, expected(data))) {
    const texts = [data, expected(data)].map((value) => JSON.stringify(value).slice(0, 400));
    return { kind: 'failed', problem: `${endpoint} gave\n${texts[0]}\ninstead of\n${texts[1]}` };
  }
  answered?.(data);
  return { kind: 'complete' };
}

/** The value below which this share of the numbers lies. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
