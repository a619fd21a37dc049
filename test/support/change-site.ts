import { parse } from 'graphql';

import { systemClock } from '../../src/core/clock.ts';
import { createDeadline } from '../../src/core/deadline.ts';
import { openTrace } from '../../src/core/trace.ts';
import { createEngine, type ScatterEngine, type ScatterResult } from '../../src/gateway/engine.ts';
import { createPeerTransport, type PeerTransport } from '../../src/gateway/peer-transport.ts';
import { createPeerSource, identifyInstallation, type Source } from '../../src/gateway/source.ts';
import { anyCoverage, type Coverage, type CoverageWanted } from '../../src/model/coverage.ts';
import { anonymous } from '../../src/model/principal.ts';
import { createEndpoint } from '../../src/scatter/endpoint.ts';
import { createTarget } from '../../src/scatter/target.ts';
import { baseSchema } from './change-broker.ts';

// The real engine over brokers on loopback, without anything around it.

/** An answer with what it rests on. */
export interface SiteAnswer extends ScatterResult {
  readonly coverage: ReadonlyMap<string, Coverage>;
}

/** How an engine is asked. */
export interface AskSiteOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly wanted?: Partial<CoverageWanted>;
  readonly timeoutMs?: number;
}

/** An engine whose sources are these installations, each with the addresses of its brokers. */
export interface ChangeSite extends AsyncDisposable {
  readonly engine: ScatterEngine;
  ask(text: string, options?: AskSiteOptions): Promise<SiteAnswer>;
}

/**
 * Makes a site; its idempotency keys are `key-1`, `key-2` …, and of two brokers the first is tried first.
 * @param others Further sources, which come first.
 */
export function createChangeSite(
  installations: Readonly<Record<string, readonly string[]>>,
  others: (transport: PeerTransport) => readonly Source[] = () => [],
): ChangeSite {
  const transport = createPeerTransport();
  const peers = Object.entries(installations).map(([id, urls]) => peerSourceOf(id, urls, transport));
  const sources = [...others(transport), ...peers];
  let keys = 0;
  const engine = createEngine({
    schema: baseSchema,
    where: 'site "test"',
    sources: () => sources,
    clock: systemClock,
    newId: () => `key-${(keys += 1)}`,
  });
  return {
    engine,
    async ask(text, { variables = {}, wanted = {}, timeoutMs = 10_000 } = {}) {
      using deadline = createDeadline({ clock: systemClock, timeoutMs });
      const coverage = new Map<string, Coverage>();
      const context = {
        requestId: 'r',
        trace: openTrace({}, Math.random),
        deadline,
        principal: anonymous,
        wanted: { ...anyCoverage, ...wanted },
        coverage,
      };
      return { ...(await engine.answer({ document: parse(text), variables, context })), coverage };
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

/** An installation behind brokers at these addresses. */
export function peerSourceOf(installation: string, urls: readonly string[], transport: PeerTransport): Source {
  const endpoints = urls.map((url, at) =>
    createEndpoint({ id: `${installation}-${at + 1}`, url, clock: systemClock, random: () => 0 }),
  );
  return createPeerSource({
    identity: identifyInstallation('test', installation),
    target: createTarget({ source: `installation:${installation}`, endpoints, clock: systemClock }),
    transport,
    clock: systemClock,
    random: () => 0,
    hedging: true,
  });
}
