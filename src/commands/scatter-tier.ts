import type { ApolloServer } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';

import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import { createEngine } from '../gateway/engine.ts';
import { SiteGateway } from '../gateway/site-gateway.ts';
import type { Source } from '../gateway/source.ts';
import { type ApolloOptions, createApollo } from '../http/apollo.ts';
import type { HttpRequestContext } from '../http/request-context.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

// A tier that asks others: the engine over its sources, the gateway that joins it with the operator's own subgraphs, and
// the server that executes what clients send. The site and the federation differ in their sources only.

/** A tier that asks others. Disposing it stops its server. */
export interface ScatterTier extends AsyncDisposable {
  readonly apollo: ApolloServer<HttpRequestContext>;
  /** The schema of the tier's clients, as it is now. */
  readonly clientSchema: () => GraphQLSchema;
}

interface TierOptions {
  /** What the sources make together, for messages: `site "lyon"`. */
  readonly where: string;
  readonly sources: () => readonly Source[];
  readonly baseSchema: GraphQLSchema;
  /** The base schema composed alone, if it is not that of this build. */
  readonly supergraph?: string | undefined;
  readonly config: Config;
  /** What a request of a tier above may be; absent if there is none above. */
  readonly partLimits?: ApolloOptions['limits'];
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'covered' | 'delivered'>;
}

/** Starts a tier. */
export async function startScatterTier(options: TierOptions): Promise<ScatterTier> {
  const { baseSchema, supergraph, config, clock, logger, metrics, partLimits } = options;
  const engine = createEngine({
    ...options,
    schema: baseSchema,
    onCoverage: (field, coverage) => metrics.covered(field, coverage),
    onDelivery: (field, delivery) => metrics.delivered(field, delivery),
  });
  const gateway = new SiteGateway({ engine, baseSchema, subgraphs: config.subgraphs, supergraph, clock, logger });
  const apollo = await createApollo(
    { gateway },
    { ...config, maximumTimeoutMs: config.timeouts.maximumMs, logger, ...(partLimits && { partLimits }) },
  );
  return {
    apollo,
    clientSchema: () => gateway.clientSchema,
    [Symbol.asyncDispose]: () => apollo.stop(),
  };
}
