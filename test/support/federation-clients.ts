import { setTimeout as delay } from 'node:timers/promises';

import { createTransport } from '../../src/client/transport.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { ChaosFederation } from './chaos-federation.ts';
import type { KnownVm } from './chaos-inventory.ts';
import { type FederationVerdict, judgeAnswer } from './federation-judge.ts';
import type { PartialQuestion } from './federation-questions.ts';

// Clients at every site of a federation, each of which asks the brokers of its own site about all sites at a steady rate,
// whatever the answers take, and judges every answer.

/** One question and what became of it. Times are milliseconds since the clients began. */
export interface Asked {
  readonly site: string;
  readonly name: string;
  readonly atMs: number;
  readonly tookMs: number;
  readonly verdict: FederationVerdict;
}

/** Clients that ask. Disposing ends them. */
export interface FederationClients extends AsyncDisposable {
  /** What was asked and answered so far, in the order of the answers. */
  readonly asked: readonly Asked[];
  /** Milliseconds since they began. */
  now(): number;
  /** Ends the asking, and waits for what is under way. */
  stop(): Promise<void>;
}

interface ClientsOptions {
  readonly federation: ChaosFederation;
  readonly vms: readonly KnownVm[];
  /** At each site. */
  readonly perSecond: number;
  readonly timeoutMs: number;
  readonly question: () => PartialQuestion;
}

/** Starts clients at each site. */
export function startFederationClients({ federation, ...options }: ClientsOptions): FederationClients {
  const began = performance.now();
  const now = (): number => performance.now() - began;
  const end = new AbortController();
  const asked: Asked[] = [];
  const clients = federation.sites.map((site) =>
    askAlways({
      ...options,
      site,
      endpoints: federation.endpointsOf(site),
      now,
      signal: end.signal,
      onAnswer: (one) => asked.push(one),
    }),
  );
  const stop = async (): Promise<void> => {
    end.abort();
    await Promise.all(clients);
  };
  return { asked, now, stop, [Symbol.asyncDispose]: stop };
}

interface ClientOptions extends Omit<ClientsOptions, 'federation'> {
  readonly site: string;
  readonly endpoints: readonly string[];
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onAnswer: (asked: Asked) => void;
}

async function askAlways(options: ClientOptions): Promise<void> {
  const { site, endpoints, perSecond, timeoutMs, question, vms, now, signal, onAnswer } = options;
  const transport = createTransport({ endpoints, clock: systemClock, spreading: 'SPREAD' });
  const never = new AbortController().signal;
  const one = async (what: PartialQuestion): Promise<void> => {
    const atMs = now();
    let verdict: FederationVerdict;
    try {
      verdict = judgeAnswer(
        what,
        await transport.request(what.text, what.variables, { signal: never, timeoutMs }),
        vms,
      );
    } catch (thrown) {
      verdict = { kind: 'wrong', problem: `${what.name}: ${String(thrown)}` };
    }
    onAnswer({ site, name: what.name, atMs, tookMs: now() - atMs, verdict });
  };
  const running = new Set<Promise<void>>();
  const startedAt = now();
  for (let sent = 0; !signal.aborted;) {
    // What a late timer missed is made up for, so that a busy machine does not lower the load.
    for (; sent < ((now() - startedAt) / 1_000) * perSecond; sent += 1) {
      const work = one(question()).finally(() => running.delete(work));
      running.add(work);
    }
    await delay(10);
  }
  await Promise.all(running);
}
