import { type GraphQLField, OperationTypeNode } from 'graphql';

import { inputVariable, partVariable } from '../core/reserved.ts';
import type { Crossing } from './directives.ts';
import type { OwnVariable } from './sent-document.ts';

// The argument of a root field that we fill in ourselves, as a variable of ours: a list of ids is replaced by the part that
// a source owns, and the input of a change is completed.

/** An argument that is sent as a variable of ours. */
export interface OwnArgument extends OwnVariable {
  readonly argument: string;
}

/** The argument that we fill in; null if all are sent as the client wrote them. */
export function ownArgumentOf(
  field: GraphQLField<unknown, unknown>,
  operation: OperationTypeNode,
  crossing: Crossing,
): OwnArgument | null {
  if (operation === OperationTypeNode.MUTATION) {
    return { argument: 'input', name: inputVariable, type: argumentType(field, 'input') };
  }
  const [argument, ...deeper] = crossing.kind === 'route' ? crossing.by : [];
  if (argument === undefined || deeper.length > 0) {
    return null;
  }
  const type = argumentType(field, argument);
  return type.startsWith('[') ? { argument, name: partVariable, type } : null;
}

function argumentType({ name, args }: GraphQLField<unknown, unknown>, wanted: string): string {
  const argument = args.find((candidate) => candidate.name === wanted);
  if (!argument) {
    throw new Error(`"${name}" has no argument "${wanted}".`);
  }
  return String(argument.type);
}
