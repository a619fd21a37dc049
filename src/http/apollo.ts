import { ApolloServer } from '@apollo/server';
import type { ApolloServerOptions } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError } from 'graphql';
import type { ExecutionResult, GraphQLSchema } from 'graphql';

import type { DirectAnswers } from '../gateway/direct.ts';
import type { RequestContext } from '../model/request.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createDirectPlugin } from './direct-plugin.ts';
import { formatError } from './format-error.ts';
import type { Introspection } from './introspection.ts';
import { createLimitRule } from './limits.ts';
import type { HttpRequestContext } from './request-context.ts';
import { createRequestPlugin } from './request-plugin.ts';
import { createRequestRules } from './request-rules.ts';
import { createRowsPlugin, type RowAnswers } from './rows-plugin.ts';
import type { DocumentLimits } from './subscription-document.ts';

// Apollo Server as this program wants it: it executes and nothing else. It reports nowhere, serves no page that loads
// from the internet, caches no answers, and shows no stack trace.

/** What Apollo Server executes: a schema, or a gateway that plans. */
export type ApolloSource =
  | { readonly schema: GraphQLSchema }
  | { readonly gateway: DirectAnswers & NonNullable<ApolloServerOptions<HttpRequestContext>['gateway']> };

/** How it executes. */
export interface ApolloOptions {
  readonly limits: DocumentLimits;
  /** What a request may be that a tier above puts together out of what its clients ask; absent if there is none above. */
  readonly partLimits?: DocumentLimits;
  /** The longest that `@coverage(timeoutMs:)` may ask for. */
  readonly maximumTimeoutMs: number;
  /** To whom the schema is shown. */
  readonly introspection: Introspection;
  /** Answers brokers that take rows; absent where all is executed. */
  readonly rows?: RowAnswers;
  readonly logger: Logger;
}

/** A started Apollo Server; its creator calls `stop()`. */
export async function createApollo(
  source: ApolloSource,
  { limits, partLimits, maximumTimeoutMs, introspection, rows, logger }: ApolloOptions,
): Promise<ApolloServer<HttpRequestContext>> {
  const largest = partLimits ?? limits;
  const clientLimits = partLimits ? limits : null;
  const rules = createRequestRules({ maximumTimeoutMs, introspection, mostCost: limits.cost, clientLimits });
  const apollo = new ApolloServer<HttpRequestContext>({
    ...source,
    // Whether it is shown depends on who asks.
    introspection: true,
    logger: apolloLogger(logger),
    formatError,
    validationRules: [createLimitRule(largest)],
    parseOptions: { maxLexicalTokens: largest.tokens },
    cache: 'bounded',
    persistedQueries: false,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    plugins: [
      createRequestPlugin(rules, logger),
      ...(rows ? [createRowsPlugin(rows)] : []),
      ...('gateway' in source ? [createDirectPlugin(source.gateway, rules)] : []),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await apollo.start();
  return apollo;
}

/** A query that this program asks itself, such as for an event of a subscription, on behalf of a request that came here. */
export interface OwnQuestion {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** One that the HTTP side has made. */
  readonly context: RequestContext;
}

/** Executes a query of our own as one that came from a client. */
export async function askApollo(
  apollo: ApolloServer<HttpRequestContext>,
  { text, variables, context }: OwnQuestion,
): Promise<ExecutionResult> {
  const contextValue = context as HttpRequestContext;
  const { body } = await apollo.executeOperation({ query: text, variables }, { contextValue });
  // The other kind is for @defer and @stream, which no schema here has.
  const { data, errors } = body.kind === 'single' ? body.singleResult : body.initialResult;
  const told = errors?.map(
    ({ message, ...rest }) => new GraphQLError(message, { path: rest.path, extensions: rest.extensions }),
  );
  return { data: data ?? null, ...(told && { errors: told }) };
}

type ApolloLogger = NonNullable<ApolloServerOptions<HttpRequestContext>['logger']>;

function apolloLogger(logger: Logger): ApolloLogger {
  return {
    debug: (message: unknown) => logger.debug({ component: 'apollo' }, String(message)),
    info: (message: unknown) => logger.info({ component: 'apollo' }, String(message)),
    warn: (message: unknown) => logger.warn({ component: 'apollo' }, String(message)),
    error: (message: unknown) => logger.error({ component: 'apollo' }, String(message)),
  };
}
