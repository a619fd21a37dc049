import { getNamedType, type GraphQLObjectType } from 'graphql';

import { collectSelection, type SelectedField, type SelectionScope, subselections } from '../core/selection.ts';
import type { Coverage } from '../model/coverage.ts';
import { isCounted, mergeRelation } from './connection.ts';
import { project } from './project.ts';
import { mergeField, type Part } from './strategy.ts';

// Merging the summaries of several sources into one.

interface MergeSummariesOptions {
  readonly scope: SelectionScope;
  readonly type: GraphQLObjectType;
  /** The root field as the client selected it. */
  readonly field: SelectedField;
  readonly coverage: Coverage;
}

/** Merges summaries. */
export function mergeSummaries(
  { scope, type, field, coverage }: MergeSummariesOptions,
  parts: readonly Part[],
): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [responseName, selected] of collectSelection(scope, type, subselections(field))) {
    const definition = type.getFields()[selected.name];
    const fieldType = definition ? getNamedType(definition.type) : null;
    switch (fieldType?.name) {
      case 'Coverage':
        value[responseName] = project(
          scope,
          { type: fieldType as GraphQLObjectType, field: selected },
          { ...coverage },
        );
        break;
      case 'TotalCountRelation':
        value[responseName] = mergeRelation(
          { coverage, counts: (name) => isCounted(scope.schema, name) },
          parts.map((part) => part[responseName]),
        );
        break;
      default:
        value[responseName] = mergeField({ scope, type, responseName, field: selected }, parts);
    }
  }
  return value;
}
