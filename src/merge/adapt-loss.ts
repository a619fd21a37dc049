import {
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  isObjectType,
  isUnionType,
} from 'graphql';

import { neededAlias } from '../core/reserved.ts';
import { mergeRuleOf } from './directives.ts';

// What it means that a source does not know a field: a value that is null, nothing at all, or that there is nothing to merge.

/** What is lost of one question. */
export interface Losses {
  /** The version that lacks them. */
  readonly other: GraphQLSchema;
  /** All fields that the question selects, as `Type.field`; those that the merge needs as `Type.sw__field`. */
  readonly selected: ReadonlySet<string>;
  /** Those that are null in what the source gives. */
  readonly fields: Set<string>;
  /** True if anything was left out or asked in another way, be it lost or not. */
  isChanged: boolean;
  /** Why the source has nothing to give at all; null if it has. */
  problem: string | null;
}

interface Loss {
  readonly type: GraphQLCompositeType;
  readonly field: GraphQLField<unknown, unknown>;
  /** True if it is asked for because of the merge. */
  readonly isNeeded: boolean;
}

/** Types that the gateway writes itself, whatever sources say. */
const writtenHere: ReadonlySet<string> = new Set(['Coverage', 'SourceCoverage', 'PageInfo']);

/** Notes that a field is not known. */
export function describeLoss(losses: Losses, { type, field, isNeeded }: Loss): void {
  const name = `${type.name}.${field.name}`;
  if (isNeeded) {
    if (!isIdlePart(losses, type, field.name)) {
      losses.problem ??= `it does not know ${name}, which merging needs`;
    }
  } else if (!isMadeHere(losses, type, field)) {
    losses.fields.add(name);
  }
}

/** True if the gateway makes the value without that of the source: from its parts, or from what it knows itself. */
function isMadeHere(losses: Losses, type: GraphQLCompositeType, field: GraphQLField<unknown, unknown>): boolean {
  const { other, selected } = losses;
  const rule = mergeRuleOf(field);
  if (rule?.kind === 'AVG') {
    const known = other.getType(type.name);
    return [rule.sum, rule.count].every(
      (part) => isObjectType(known) && part in known.getFields() && selected.has(`${type.name}.${neededAlias(part)}`),
    );
  }
  return writtenHere.has(type.name) || writtenHere.has(getNamedType(field.type).name);
}

/** The parts of averages are asked for always, and used only if the average is. */
function isIdlePart({ selected }: Losses, type: GraphQLCompositeType, part: string): boolean {
  const fields = isUnionType(type) ? [] : Object.values(type.getFields());
  const averages = fields.filter((field) => {
    const rule = mergeRuleOf(field);
    return rule?.kind === 'AVG' && (rule.sum === part || rule.count === part);
  });
  return averages.length > 0 && averages.every(({ name }) => !selected.has(`${type.name}.${name}`));
}
