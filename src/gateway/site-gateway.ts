import './quiet.ts';

import { ApolloGateway } from '@apollo/gateway';
import type { GatewayExecutor, GatewayInterface, GatewayLoadResult } from '@apollo/server-gateway-interface';
import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, validate } from 'graphql';

import type { Clock } from '../core/clock.ts';
import type { SourceError } from '../merge/combine.ts';
import type { RequestContext } from '../model/request.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createDirectRule, type DirectAnswers, type DirectRequest } from './direct.ts';
import type { ScatterEngine, ScatterResult } from './engine.ts';
import { createForeignDataSource } from './foreign-data-source.ts';
import { asGraphQLError, createScatterDataSource } from './scatter-data-source.ts';
import { entitiesOf, isSubgraphOperation, withSubgraphFields } from './subgraph-face.ts';
import { baseName, createSupergraphHook, type ForeignSubgraph, readBaseSupergraph } from './supergraph.ts';

// The gateway of a site: Apollo's planner joins the scattered base schema with the operator's own subgraphs; whatever
// belongs to the base schema is answered by the engine.

interface SiteGatewayOptions {
  readonly engine: ScatterEngine;
  /** The base schema, as the installation executes it. */
  readonly baseSchema: GraphQLSchema;
  readonly subgraphs: readonly ForeignSubgraph[];
  /** The base schema composed alone, if it is not that of this build. */
  readonly supergraph?: string | undefined;
  /** True: every operation of clients is planned, also one that need not be. For comparisons. */
  readonly plansAll?: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

type SchemaListener = Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0];

/** The gateway that Apollo Server executes with at `/graphql`. */
export class SiteGateway extends ApolloGateway implements DirectAnswers {
  readonly #engine: ScatterEngine;
  readonly #entities: readonly string[];
  /** Whether an operation is answered without a plan. */
  readonly #isDirect: (document: DocumentNode, operationName?: string | null) => boolean;
  /** The same where there are other subgraphs, of which it has no field. */
  readonly #isStreamable: (document: DocumentNode, operationName?: string | null) => boolean;
  /** What was answered directly, but with errors, by the metrics of its request; or by its coverage, if Apollo Server was not asked. */
  readonly #faulty = new WeakMap<object, Promise<ScatterResult>>();
  #schema: GraphQLSchema | null = null;

  constructor({ engine, baseSchema, subgraphs, supergraph, plansAll = false, clock, logger }: SiteGatewayOptions) {
    const scatter = createScatterDataSource(engine);
    super({
      supergraphSdl:
        subgraphs.length === 0
          ? (supergraph ?? readBaseSupergraph())
          : createSupergraphHook({ subgraphs, clock, logger }),
      buildService: ({ name, url }) =>
        name === baseName ? scatter : createForeignDataSource({ name, url: url ?? '', clock }),
      logger: gatewayLogger(logger),
      // Only for whoever asks for an explanation; the answer itself never carries it.
      __exposeQueryPlanExperimental: true,
    });
    this.#engine = engine;
    this.#entities = entitiesOf(baseSchema);
    // Other subgraphs may have fields anywhere in an operation.
    const isScattered = createDirectRule(baseSchema);
    this.#isDirect = plansAll || subgraphs.length > 0 ? () => false : isScattered;
    this.#isStreamable = (document, operationName) =>
      isScattered(document, operationName) && validate(baseSchema, document).length === 0;
  }

  /**
   * The schema of the site's clients, as it is now.
   * @throws Error before it was loaded.
   */
  get clientSchema(): GraphQLSchema {
    if (!this.#schema) {
      throw new Error('The gateway has not been started.');
    }
    return this.#schema;
  }

  override onSchemaLoadOrUpdate(listener: SchemaListener): () => void {
    return super.onSchemaLoadOrUpdate((schemaContext) => {
      this.#schema = withSubgraphFields(schemaContext.apiSchema, this.#entities);
      listener({ ...schemaContext, apiSchema: this.#schema });
    });
  }

  override async load(...options: Parameters<ApolloGateway['load']>): ReturnType<ApolloGateway['load']> {
    const loaded: GatewayLoadResult = await super.load(...options);
    return { ...loaded, executor: this.#around(loaded.executor) } as Awaited<ReturnType<ApolloGateway['load']>>;
  }

  /**
   * Answers operations that only a subgraph understands, and those that need no plan. Null for all others, and for what is not
   * answered without errors, which the executor says then.
   */
  async answerDirectly({ document, request, contextValue, metrics }: DirectRequest): Promise<ScatterResult['data']> {
    const { operationName, variables = {} } = request;
    const before = this.#faulty.get(contextValue.coverage);
    if (before) {
      // Nobody is asked twice for the same request.
      this.#faulty.set(metrics, before);
      return null;
    }
    const { streaming = null, splicer } = contextValue;
    const isDirect =
      isSubgraphOperation(document, operationName) ||
      this.#isDirect(document, operationName) ||
      (streaming && this.#isStreamable(document, operationName));
    if (!isDirect) {
      return null;
    }
    const answering = this.#engine.answer({
      document,
      operationName,
      variables,
      context: contextValue,
      splicer,
      streaming,
      isWhole: true,
    });
    const result = await answering.catch(() => null);
    if (!result || result.errors.length > 0) {
      this.#faulty.set(metrics, answering);
      return null;
    }
    return result.data;
  }

  /** The executor: says what was answered with errors, and has all else planned. */
  #around(plan: GatewayExecutor | null): GatewayExecutor {
    if (!plan) {
      throw new Error('@apollo/gateway gave no executor.');
    }
    return async (requestContext) => {
      const { data, errors } =
        (await this.#faulty.get(requestContext.metrics)) ?? (await this.#explained(plan, requestContext));
      return { data: data ?? null, ...(errors?.length ? { errors: errors.map(visibleError) } : {}) };
    };
  }

  /** Has the planner write its plan into the explanation, if there is one and other subgraphs take part. */
  async #explained(plan: GatewayExecutor, requestContext: Parameters<GatewayExecutor>[0]): ReturnType<GatewayExecutor> {
    const { explanation } = requestContext.context as RequestContext;
    const headers = requestContext.request.http?.headers;
    if (explanation) {
      headers?.set(planHeader, '1');
    } else {
      headers?.delete(planHeader);
    }
    const result = await plan(requestContext);
    const text: unknown = result.extensions?.['__queryPlanExperimental'];
    if (explanation && typeof text === 'string' && foreignService.test(text)) {
      explanation.queryPlan = text;
    }
    return result;
  }
}

/** By this header @apollo/gateway is asked for its plan. */
const planHeader = 'apollo-query-plan-experimental';
const foreignService = new RegExp(`service: "(?!${baseName}")`);

/** Clients know one schema; which subgraph an error came through is nothing to them. */
function visibleError(error: SourceError): GraphQLError {
  const { serviceName: _, ...extensions } = error.extensions ?? {};
  const code = isOfVariable(error) ? { code: 'BAD_USER_INPUT' } : {};
  return asGraphQLError({ message: error.message, path: error.path, extensions: { ...extensions, ...code } });
}

/** @apollo/gateway checks variables before it plans, and does not say that they are the caller's. */
function isOfVariable(error: SourceError): boolean {
  return error instanceof GraphQLError && (error.nodes?.some(({ kind }) => kind === Kind.VARIABLE_DEFINITION) ?? false);
}

type ApolloLogger = NonNullable<NonNullable<ConstructorParameters<typeof ApolloGateway>[0]>['logger']>;

function gatewayLogger(logger: Logger): ApolloLogger {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message?: unknown): void =>
      logger[level]({ component: 'gateway' }, String(message));
  return { debug: at('debug'), info: at('debug'), warn: at('warn'), error: at('error') };
}
