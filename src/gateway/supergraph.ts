import { readFileSync } from 'node:fs';

import type { SupergraphSdlHook } from '@apollo/gateway';
import { type DocumentNode, parse } from 'graphql';
import { request as send } from 'undici';

import type { Clock } from '../core/clock.ts';
import { createDeadline } from '../core/deadline.ts';
import { messageOf } from '../core/errors.ts';
import { baseSdl } from '../core/sdl.ts';
import type { Logger } from '../telemetry/logger.ts';
import { withOurDirectives } from './foreign-operation.ts';

// The supergraph: the checked-in one as long as there are no foreign subgraphs; else composed from the base schema and
// those of the operator that answer, at start and again whenever one of them changes. One that does not answer, or does
// not compose, is left out and tried again: it must never keep a broker from its work.

/** The name of the base schema in every supergraph. */
export const baseName = 'sitewide';
const baseUrl = 'http://sitewide.invalid';

/** How long a subgraph may take to send its schema, in milliseconds. */
const schemaTimeoutMs = 5_000;

/** One of the operator's subgraphs. */
export interface ForeignSubgraph {
  readonly name: string;
  readonly url: string;
  readonly pollIntervalMs: number;
}

interface SupergraphOptions {
  readonly subgraphs: readonly ForeignSubgraph[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The supergraph of the base schema alone. */
export function readBaseSupergraph(): string {
  return readFileSync(new URL('../../schema/generated/supergraph.graphql', import.meta.url), 'utf8');
}

/** What @apollo/gateway asks for its supergraph; goes on looking for changes until it is cleaned up. */
export function createSupergraphHook({ subgraphs, clock, logger }: SupergraphOptions): SupergraphSdlHook {
  return async ({ update }) => {
    const stop = new AbortController();
    const composer = createComposer(subgraphs, { clock, logger, signal: stop.signal });
    const supergraphSdl = (await composer.compose()) ?? readBaseSupergraph();
    const watch = async (): Promise<void> => {
      const pollIntervalMs = Math.min(...subgraphs.map((subgraph) => subgraph.pollIntervalMs));
      while (!stop.signal.aborted) {
        await clock.sleep(pollIntervalMs, stop.signal);
        const changed = await composer.compose();
        if (changed !== null) {
          update(changed);
          logger.info({}, 'The supergraph was composed anew.');
        }
      }
    };
    watch().catch((thrown: unknown) => {
      if (!stop.signal.aborted) {
        logger.error({ err: thrown }, 'The supergraph is no longer kept current.');
      }
    });
    return {
      supergraphSdl,
      cleanup: async () => {
        stop.abort();
      },
    };
  };
}

interface Composer {
  /** The supergraph if it differs from the one composed before, else null. */
  compose(): Promise<string | null>;
}

function createComposer(
  subgraphs: readonly ForeignSubgraph[],
  { clock, logger, signal }: { clock: Clock; logger: Logger; signal: AbortSignal },
): Composer {
  /** The last schema that each subgraph sent: one that is away for a while keeps its place. */
  const schemas = new Map<string, string>();
  let composed = '';
  return {
    async compose() {
      await Promise.all(
        subgraphs.map(async ({ name, url }) => {
          try {
            schemas.set(name, await fetchSchema(url, { clock, signal }));
          } catch (thrown) {
            signal.throwIfAborted();
            logger.warn({ subgraph: name, url, err: messageOf(thrown) }, 'A subgraph does not send its schema.');
          }
        }),
      );
      const state = JSON.stringify([...schemas]);
      if (schemas.size === 0 || state === composed) {
        return null;
      }
      composed = state;
      return composeWith(
        subgraphs.filter(({ name }) => schemas.has(name)),
        { schemas, logger },
      );
    },
  };
}

/** The supergraph of the base schema and these subgraphs; null if they do not fit together, which is logged. */
async function composeWith(
  subgraphs: readonly ForeignSubgraph[],
  { schemas, logger }: { schemas: ReadonlyMap<string, string>; logger: Logger },
): Promise<string | null> {
  // Composition costs much time and memory to load, and most brokers never need it.
  const { composeServices } = await import('@apollo/composition');
  const base = parse(baseSdl);
  const result = composeServices([
    { name: baseName, url: baseUrl, typeDefs: base },
    ...subgraphs.map(({ name, url }) => ({ name, url, typeDefs: foreignSchema(schemas.get(name)!, base) })),
  ]);
  if (result.supergraphSdl === undefined) {
    const problems = result.errors.map(({ message }) => message);
    logger.error({ problems }, 'The subgraphs do not compose; the supergraph stays as it is.');
    return null;
  }
  return result.supergraphSdl;
}

function foreignSchema(sdl: string, base: DocumentNode): DocumentNode {
  return withOurDirectives(parse(sdl), base);
}

async function fetchSchema(url: string, { clock, signal }: { clock: Clock; signal: AbortSignal }): Promise<string> {
  using deadline = createDeadline({ clock, timeoutMs: schemaTimeoutMs, parent: signal });
  const response = await send(url, {
    method: 'POST',
    signal: deadline.signal,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  const body = (await response.body.json()) as { data?: { _service?: { sdl?: unknown } } };
  const sdl = body.data?._service?.sdl;
  if (typeof sdl !== 'string') {
    throw new Error(`it answered with status ${response.statusCode} and no schema`);
  }
  return sdl;
}
