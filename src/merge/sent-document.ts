import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parseType,
  type SelectionNode,
  type SelectionSetNode,
  TypeInfo,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';

import { mergeRuleOf } from './directives.ts';
import { neededAlias, partVariable } from './reserved.ts';
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

/** Adds, wherever a list is merged by group, the fields that tell the groups and the parts of averages. */
export function addNeeds(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  const typeInfo = new TypeInfo(schema);
  return visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field(node) {
        const field = typeInfo.getFieldDef();
        const rule = field ? mergeRuleOf(field) : null;
        const elementType = field ? groupedElementType(field) : null;
        return rule?.kind === 'GROUP' && elementType
          ? withSelections(node, [...rule.by, ...neededFields(elementType)].map(needed))
          : undefined;
      },
    }),
  );
}

export function definePart(
  document: DocumentNode,
  field: GraphQLField<unknown, unknown>,
  by: readonly string[],
): DocumentNode {
  const [operation, ...rest] = document.definitions as [OperationDefinitionNode, ...FragmentDefinitionNode[]];
  const argument = field.args.find(({ name }) => name === by[0])!;
  const definition: VariableDefinitionNode = {
    kind: Kind.VARIABLE_DEFINITION,
    variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: partVariable } },
    type: parseType(String(argument.type)),
  };
  const others = (operation.variableDefinitions ?? []).filter(({ variable }) => variable.name.value !== partVariable);
  const variableDefinitions = [...others, definition];
  return { kind: Kind.DOCUMENT, definitions: [{ ...operation, variableDefinitions }, ...rest] };
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
    alias: { kind: Kind.NAME, value: neededAlias(fieldName) },
    name: { kind: Kind.NAME, value: fieldName },
  };
}

/** The names of the variables that the operation defines. */
export function definedVariables(document: DocumentNode): readonly string[] {
  const [operation] = document.definitions as [OperationDefinitionNode];
  return (operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
}
