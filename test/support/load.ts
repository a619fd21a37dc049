import { setTimeout as delay } from 'node:timers/promises';

import { Pool } from 'undici';

// A bounded load of requests over loopback, and what became of each.

/** What became of the requests of a load. Latencies are milliseconds. */
export interface LoadResult {
  readonly seconds: number;
  /** Answered with 200 and data. */
  readonly served: number;
  /** Answered OVERLOADED. */
  readonly shed: number;
  /** What came of all others, with how often. */
  readonly others: ReadonlyMap<string, number>;
  /** Those that could not leave, since too many were under way already. */
  readonly unsent: number;
  readonly servedLatencies: readonly number[];
  readonly shedLatencies: readonly number[];
}

interface LoadOptions {
  readonly url: string;
  readonly path: string;
  readonly query: string;
  readonly durationMs: number;
  /** Requests a second; null for as many as the answers allow. */
  readonly perSecond: number | null;
  /** Requests under way at the same time, each on a connection of its own, at most. */
  readonly connections: number;
}

/** Sends a load, and waits for what is under way at its end. */
export async function sendLoad(options: LoadOptions): Promise<LoadResult> {
  const { url, durationMs, perSecond, connections } = options;
  const pool = new Pool(url, { connections, headersTimeout: 10_000 });
  await openConnections(pool, connections);
  const tally = createTally();
  const startedAt = performance.now();
  const endsAt = startedAt + durationMs;
  try {
    if (perSecond === null) {
      const worker = async (): Promise<void> => {
        while (performance.now() < endsAt) {
          await tally.run(() => post(pool, options));
        }
      };
      await Promise.all(Array.from({ length: connections }, worker));
    } else {
      const running = new Set<Promise<void>>();
      let sent = 0;
      while (performance.now() < endsAt) {
        // What a late timer missed is made up for, so that a busy client does not lower the load.
        const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
        for (; sent < due; sent += 1) {
          if (running.size >= connections) {
            tally.skip();
            continue;
          }
          const work = tally.run(() => post(pool, options)).finally(() => running.delete(work));
          running.add(work);
        }
        await delay(2);
      }
      await Promise.all(running);
    }
    return { ...tally.result(), seconds: (performance.now() - startedAt) / 1_000 };
  } finally {
    await pool.destroy();
  }
}

/** The value below which this share of the numbers lies; NaN if there is none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Node accepts one connection in each turn of its event loop; what that takes is not what is measured. */
async function openConnections(pool: Pool, connections: number): Promise<void> {
  const open = async (): Promise<void> => {
    const { body } = await pool.request({ path: '/health/live', method: 'GET' });
    await body.dump();
  };
  await Promise.all(Array.from({ length: connections }, open));
}

/** How many have been sent so far. */
let asked = 0;

async function post(pool: Pool, { path, query }: LoadOptions): Promise<string> {
  const { statusCode, headers, body } = await pool.request({
    path,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // Each asks for itself: equal questions would be answered together.
    body: JSON.stringify({ query, variables: { load: asked++ } }),
  });
  const text = await body.text();
  if (statusCode === 200) {
    return text.startsWith('{"data":{') ? 'served' : text.slice(0, 150);
  }
  const overloaded = statusCode === 503 && headers['retry-after'] === '1' && text.includes('"code":"OVERLOADED"');
  return overloaded ? 'shed' : `${statusCode} ${text.slice(0, 150)}`;
}

function createTally() {
  const others = new Map<string, number>();
  const latencies = { served: [] as number[], shed: [] as number[] };
  let unsent = 0;
  return {
    skip: () => (unsent += 1),
    async run(request: () => Promise<string>): Promise<void> {
      const startedAt = performance.now();
      const outcome = await request().catch(String);
      if (outcome === 'served' || outcome === 'shed') {
        latencies[outcome].push(performance.now() - startedAt);
      } else {
        others.set(outcome, (others.get(outcome) ?? 0) + 1);
      }
    },
    result: () => ({
      served: latencies.served.length,
      shed: latencies.shed.length,
      others,
      unsent,
      servedLatencies: latencies.served,
      shedLatencies: latencies.shed,
    }),
  };
}
