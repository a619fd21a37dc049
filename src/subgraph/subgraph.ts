import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse, type GraphQLSchema } from 'graphql';

import type { Resolvers } from '../../schema/generated/resolvers.ts';
import { baseSdl } from '../core/sdl.ts';
import { takeOnlyReferences } from '../model/references.ts';
import { createAuditQueries, createAuditResolvers } from './audit.ts';
import { createSource, type SourceOptions } from './coverage.ts';
import { createDatastoreQueries, createDatastoreResolvers } from './datastore.ts';
import { createEventSubscriptions, createToRow } from './event.ts';
import { createHostQueries, createHostResolvers } from './host.ts';
import { createLiveSubscriptions } from './live.ts';
import { createNetworkQueries, createNetworkResolvers } from './network.ts';
import { createNodeQueries, typeOfNode } from './node.ts';
import { createOperationSubscriptions } from './operation-event.ts';
import { createOperationMutations, createOperationQueries, createOperationResolvers } from './operation.ts';
import { reachingFirst } from './root-fields.ts';
import { dateTimeScalar, longScalar } from './scalars.ts';
import { createSiteSubscriptions } from './site-changed.ts';
import { createInstallationResolvers, createSiteQueries } from './site.ts';
import { createViewerQueries, createViewerResolvers } from './viewer.ts';
import { createVmMutations } from './vm-operation.ts';
import { createVmSummaryQueries } from './vm-summary.ts';
import { createVmQueries, createVmResolvers } from './vm.ts';

// The Federation 2 subgraph of one installation: the base schema with resolvers over the installation's snapshot
// and its operations. It never asks anybody else; the context of every execution is a RequestContext.

/** What a subgraph needs. */
export interface SubgraphOptions extends SourceOptions {
  /** The broker this runs in. */
  readonly broker: { readonly id: string };
}

/** An executable schema and its text. */
export interface Subgraph {
  readonly schema: GraphQLSchema;
  /** What `_service` prints. */
  readonly sdl: string;
}

/** The subgraph of an installation. */
export function createSubgraph(options: SubgraphOptions): Subgraph {
  const source = createSource(options);
  const toRow = createToRow(options.installation.id);
  const resolvers: Resolvers = {
    DateTime: dateTimeScalar,
    Long: longScalar,
    Query: reachingFirst(source, {
      ...createVmQueries(source),
      ...createVmSummaryQueries(source),
      ...createHostQueries(source),
      ...createDatastoreQueries(source),
      ...createNetworkQueries(source),
      ...createSiteQueries(source),
      ...createNodeQueries(source),
      ...createOperationQueries(source),
      ...createViewerQueries(source),
      ...createAuditQueries(source),
    }),
    Mutation: { ...createVmMutations(source), ...createOperationMutations(source) },
    Subscription: {
      ...createEventSubscriptions(source, toRow),
      ...createOperationSubscriptions(source, toRow),
      ...createSiteSubscriptions(source),
      ...createLiveSubscriptions(source),
    },
    Node: { __resolveType: typeOfNode },
    ...createVmResolvers(source),
    ...createViewerResolvers(source),
    Host: createHostResolvers(source),
    Datastore: createDatastoreResolvers(source),
    Network: createNetworkResolvers(source),
    Operation: createOperationResolvers(source),
    ...createAuditResolvers(source),
    Installation: createInstallationResolvers(source),
  };
  // The library prints `_service` anew with definitions added; every tier and the composition read the same text instead.
  const service = { _service: () => ({ sdl: baseSdl }) };
  const schema = buildSubgraphSchema({
    typeDefs: parse(baseSdl),
    resolvers: { ...resolvers, Query: { ...resolvers.Query, ...service } } as never,
  });
  takeOnlyReferences(schema);
  return { schema, sdl: baseSdl };
}
