import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type ASTNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  isScalarType,
  parse,
  print,
  visit,
} from 'graphql';

import type { BaseVersion } from '../../src/commands/broker.ts';
import { baseSdl } from '../../src/core/sdl.ts';

// An older version of the base schema: that of this build without some of its parts, executed by the same resolvers. Parts
// are named as schema coordinates: `VirtualMachine.guestOs`, `Query.virtualMachines(filter:)`, `PowerState.SUSPENDED`,
// `VirtualMachineFilter.label`.

/** The text of the base schema without these parts. */
export function sdlWithout(parts: readonly string[], sdl = baseSdl): string {
  const without = new Set(parts);
  const removed = new Set<string>();
  const drop = (name: string): boolean => without.has(name) && removed.add(name) !== undefined;
  const path: string[] = [];
  const member = {
    enter: (node: { readonly name: { readonly value: string } }) => {
      const name = `${path.at(-1)}.${node.name.value}`;
      if (drop(name)) {
        return null;
      }
      path.push(name);
      return undefined;
    },
    leave: () => void path.pop(),
  };
  const argumentOrField = {
    enter: (node: { readonly name: { readonly value: string } }) => {
      const holder = path.at(-1) ?? '';
      const isArgument = holder.includes('.') || holder.startsWith('@');
      return drop(isArgument ? `${holder}(${node.name.value}:)` : `${holder}.${node.name.value}`) ? null : undefined;
    },
  };
  const named = {
    enter: (node: { readonly name: { readonly value: string } }) => {
      if (drop(node.name.value)) {
        return null;
      }
      path.push(node.name.value);
      return undefined;
    },
    leave: () => void path.pop(),
  };
  const document = visit(parse(sdl), {
    ObjectTypeDefinition: named,
    ObjectTypeExtension: named,
    InterfaceTypeDefinition: named,
    InputObjectTypeDefinition: named,
    EnumTypeDefinition: named,
    DirectiveDefinition: {
      enter: (node: { readonly name: { readonly value: string } }) => void path.push(`@${node.name.value}`),
      leave: () => void path.pop(),
    },
    FieldDefinition: member,
    EnumValueDefinition: member,
    InputValueDefinition: argumentOrField,
  }) as ASTNode;
  const missed = parts.filter((part) => !removed.has(part));
  if (missed.length > 0) {
    throw new Error(`The schema has no ${missed.join(', ')}.`);
  }
  return print(document);
}

/** The version of this build without these parts. */
export function versionWithout(...parts: readonly string[]): BaseVersion {
  const sdl = sdlWithout(parts);
  const { supergraphSdl, errors } = composeServices([
    { name: 'sitewide', url: 'http://sitewide.invalid', typeDefs: parse(sdl) },
  ]);
  if (supergraphSdl === undefined) {
    throw new Error(errors.map(({ message }) => message).join('\n'));
  }
  return {
    supergraph: supergraphSdl,
    subgraphOf: ({ schema }) => ({ schema: withBehaviour(buildSubgraphSchema(parse(sdl)), schema, sdl), sdl }),
  };
}

/** Lets a schema do what another one does for the same fields. */
function withBehaviour(schema: GraphQLSchema, from: GraphQLSchema, sdl: string): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    copyBehaviour(type, from.getType(type.name));
  }
  schema.getQueryType()!.getFields()['_service']!.resolve = () => ({ sdl });
  return schema;
}

function copyBehaviour(type: GraphQLNamedType, from: GraphQLNamedType | undefined): void {
  if (isObjectType(type) && isObjectType(from)) {
    for (const field of Object.values(type.getFields())) {
      const { resolve, subscribe } = from.getFields()[field.name]!;
      Object.assign(field, { resolve, subscribe });
    }
  } else if (isInterfaceType(type) && isInterfaceType(from)) {
    type.resolveType = from.resolveType;
  } else if (isScalarType(type) && isScalarType(from) && !type.name.startsWith('_')) {
    const { serialize, parseValue, parseLiteral } = from;
    Object.assign(type, { serialize, parseValue, parseLiteral });
  }
}
