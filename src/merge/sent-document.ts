import {
  type ArgumentNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNullableType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type NameNode,
  type OperationDefinitionNode,
  parseType,
  type SelectionNode,
  type SelectionSetNode,
  TypeInfo,
  type ValueNode,
  type VariableDefinitionNode,
  type VariableNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';

import { neededAlias } from '../core/reserved.ts';
import { mergeRuleOf } from './directives.ts';
import { groupedElementType, neededFields } from './shape.ts';

// The document that is sent for a root field: that field alone, with the fragments and variables that it uses and what
// the merge needs beside the client's selection.

/** An operation with these root fields, and with the fragments and variables that they use. */
export function completeDocument(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  nodes: readonly FieldNode[],
): DocumentNode {
  const usedFragments = fragmentsUsed(nodes, fragments);
  const variables = new Set<string>();
  for (const node of [...nodes, ...usedFragments]) {
    visit(node, { Variable: ({ name }) => void variables.add(name.value) });
  }
  const definition: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: operation.operation,
    variableDefinitions: (operation.variableDefinitions ?? [])
      .filter(({ variable }) => variables.has(variable.name.value))
      .map((variableDefinition) => ({ ...variableDefinition, directives: [] })),
    selectionSet: { kind: Kind.SELECTION_SET, selections: nodes },
  };
  return { kind: Kind.DOCUMENT, definitions: [definition, ...usedFragments] };
}

function fragmentsUsed(
  nodes: readonly FieldNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): FragmentDefinitionNode[] {
  const used = new Map<string, FragmentDefinitionNode>();
  const look = (node: FieldNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment && !used.has(name.value)) {
          used.set(name.value, fragment);
          look(fragment);
        }
      },
    });
  };
  nodes.forEach(look);
  return [...used.values()];
}

/**
 * Adds what the merge needs below the root: wherever a list is merged by group, the fields that tell the groups and the
 * parts of averages; and those of an object in `shared`, of which several sources have a part.
 */
export function addNeeds(
  schema: GraphQLSchema,
  document: DocumentNode,
  shared: GraphQLObjectType | null,
): DocumentNode {
  const typeInfo = new TypeInfo(schema);
  return visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field(node) {
        const field = typeInfo.getFieldDef();
        const needs = field ? needsOf(field, typeInfo.getParentType() === shared) : [];
        return needs.length === 0 ? undefined : withSelections(node, needs.map(needed));
      },
    }),
  );
}

function needsOf(field: GraphQLField<unknown, unknown>, isPart: boolean): readonly string[] {
  const rule = mergeRuleOf(field);
  const elementType = groupedElementType(field);
  if (rule?.kind === 'GROUP' && elementType) {
    return [...rule.by, ...neededFields(elementType)];
  }
  const type = getNullableType(field.type);
  return isPart && isObjectType(type) ? neededFields(type) : [];
}

/** A variable of ours. */
export interface OwnVariable {
  readonly name: string;
  /** As written in GraphQL. */
  readonly type: string;
}

/** The document with these variables defined, in place of any that a tier above has called the same. */
export function defineVariables(document: DocumentNode, variables: readonly OwnVariable[]): DocumentNode {
  const [operation, ...rest] = document.definitions as [OperationDefinitionNode, ...FragmentDefinitionNode[]];
  const own = new Set(variables.map(({ name }) => name));
  const others = (operation.variableDefinitions ?? []).filter(({ variable }) => !own.has(variable.name.value));
  const defined = variables.map<VariableDefinitionNode>(({ name, type }) => ({
    kind: Kind.VARIABLE_DEFINITION,
    variable: variableNode(name),
    type: parseType(type),
  }));
  const variableDefinitions = [...others, ...defined];
  return { kind: Kind.DOCUMENT, definitions: [{ ...operation, variableDefinitions }, ...rest] };
}

/** The document with `@coverage(require:)` from this variable, so that a source refuses before it changes anything. */
export function requireCoverage(document: DocumentNode, variable: string): DocumentNode {
  return withCoverage(document, { name: 'require', value: variableNode(variable) });
}

/** The document with `@coverage(atLeast:)`, in place of what the client's says. */
export function showAtLeast(document: DocumentNode, token: string): DocumentNode {
  return withCoverage(document, { name: 'atLeast', value: { kind: Kind.STRING, value: token } });
}

function withCoverage(
  document: DocumentNode,
  { name, value }: { readonly name: string; readonly value: ValueNode },
): DocumentNode {
  const [operation, ...rest] = document.definitions as [OperationDefinitionNode, ...FragmentDefinitionNode[]];
  const directive: DirectiveNode = {
    kind: Kind.DIRECTIVE,
    name: nameNode('coverage'),
    arguments: [{ kind: Kind.ARGUMENT, name: nameNode(name), value }],
  };
  return { kind: Kind.DOCUMENT, definitions: [{ ...operation, directives: [directive] }, ...rest] };
}

/** The field with this argument, given before or not, as a variable. */
export function setArgument(node: FieldNode, argument: string, variable: string): FieldNode {
  const others = (node.arguments ?? []).filter(({ name }) => name.value !== argument);
  const own: ArgumentNode = { kind: Kind.ARGUMENT, name: nameNode(argument), value: variableNode(variable) };
  return { ...node, arguments: [...others, own] };
}

/** The field with a variable as the value of an argument. */
export function withArgument(node: FieldNode, argument: string, variable: string): FieldNode {
  return {
    ...node,
    arguments: (node.arguments ?? []).map((given) =>
      given.name.value === argument ? { ...given, value: variableNode(variable) } : given,
    ),
  };
}

/** The field with these selections beside its own. */
export function withSelections(node: FieldNode, selections: readonly SelectionNode[]): FieldNode {
  const selectionSet: SelectionSetNode = {
    kind: Kind.SELECTION_SET,
    selections: [...(node.selectionSet?.selections ?? []), ...selections],
  };
  return { ...node, selectionSet };
}

/** A field that the merge needs, under its reserved name. */
export function needed(fieldName: string): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: nameNode(neededAlias(fieldName)),
    name: nameNode(fieldName),
  };
}

function nameNode(value: string): NameNode {
  return { kind: Kind.NAME, value };
}

function variableNode(name: string): VariableNode {
  return { kind: Kind.VARIABLE, name: nameNode(name) };
}

/** The names of the variables that the operation defines. */
export function definedVariables(document: DocumentNode): readonly string[] {
  const [operation] = document.definitions as [OperationDefinitionNode];
  return (operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
}
