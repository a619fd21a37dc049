import { getNamedType, type GraphQLObjectType } from 'graphql';

import { neededAlias } from '../core/reserved.ts';
import { collectSelection, type SelectedField, type SelectionScope, subselections } from '../core/selection.ts';
import type { Coverage } from '../model/coverage.ts';
import { project } from './project.ts';
import { mergeField, type Part } from './strategy.ts';

// Merging what several sources say to one change.

/** How many lines a preview has at most. */
const previewLines = 100;

/** Why a source, or the gateway for all of them, refuses a change. */
export interface Refusal {
  readonly code: string;
  readonly field: string | null;
  readonly message: string;
}

/** What tells whether a source has accepted its part of a change. */
export interface Acceptance {
  readonly accepted: boolean;
  readonly userErrors: readonly Refusal[];
  /** Null if the source does not say. */
  readonly targetCount: number | null;
}

/** What a source's payload says, from the fields that are asked for under reserved names. */
export function acceptanceOf(payload: Part): Acceptance {
  return {
    accepted: (payload[neededAlias('operation')] ?? null) !== null,
    userErrors: (payload[neededAlias('userErrors')] ?? []) as readonly Refusal[],
    targetCount: (payload[neededAlias('targetCount')] ?? null) as number | null,
  };
}

interface MergePayloadsOptions {
  readonly scope: SelectionScope;
  readonly type: GraphQLObjectType;
  /** The root field as the client selected it. */
  readonly field: SelectedField;
  /** Null for a change that is no bulk. */
  readonly coverage: Coverage | null;
  /** Those of all together. */
  readonly userErrors: readonly Refusal[];
  /** True if nothing was to be changed: then there is a preview and no operation. */
  readonly isTry: boolean;
}

/** Merges payloads. */
export function mergePayloads(options: MergePayloadsOptions, parts: readonly Part[]): Record<string, unknown> {
  const { scope, type, field } = options;
  const value: Record<string, unknown> = {};
  for (const [responseName, selected] of collectSelection(scope, type, subselections(field))) {
    value[responseName] = mergePayloadField(options, { responseName, selected, parts });
  }
  return value;
}

interface PayloadField {
  readonly responseName: string;
  readonly selected: SelectedField;
  readonly parts: readonly Part[];
}

function mergePayloadField(options: MergePayloadsOptions, { responseName, selected, parts }: PayloadField): unknown {
  const { scope, type, coverage, userErrors, isTry } = options;
  const merged = (): unknown => mergeField({ scope, type, responseName, field: selected }, parts);
  const written = (value: object): unknown => {
    const fieldType = getNamedType(type.getFields()[selected.name]!.type) as GraphQLObjectType;
    return project(scope, { type: fieldType, field: selected }, { ...value });
  };
  switch (selected.name) {
    case 'coverage':
      return coverage && written(coverage);
    case 'userErrors':
      return userErrors.map(written);
    case 'operation':
      return isTry ? null : merged();
    case 'preview': {
      const lines = isTry ? (merged() as readonly string[] | null) : null;
      return lines?.slice(0, previewLines) ?? null;
    }
    default:
      return merged();
  }
}
