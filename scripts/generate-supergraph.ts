import { composeServices } from '@apollo/composition';
import { parse, printSchema } from 'graphql';

import { baseSdl } from '../src/core/sdl.ts';

// The supergraph of the base schema alone, so that a broker without foreign subgraphs starts without composing, and the
// API schema that its clients see. It writes nothing; generate.ts does.

/** The name of our subgraph in every supergraph, and the address that the gateway replaces by its own data source. */
const service = { name: 'sitewide', url: 'http://sitewide.invalid' };

/**
 * Composes schema/*.graphql.
 * @returns The supergraph and the API schema as SDL.
 * @throws Error that names everything composition objects to.
 */
export function composeBaseSchema(): { readonly supergraph: string; readonly api: string } {
  const { errors, schema, supergraphSdl } = composeServices([{ ...service, typeDefs: parse(baseSdl) }]);
  if (supergraphSdl === undefined) {
    throw new Error(`The base schema does not compose:\n${errors.map(({ message }) => message).join('\n')}`);
  }
  const api = printSchema(schema.toAPISchema().toGraphQLJSSchema());
  return { supergraph: `${supergraphSdl.trim()}\n`, api: `${api.trim()}\n` };
}
