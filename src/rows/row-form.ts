import { getNamedType, getNullableType, type GraphQLObjectType, isListType, isObjectType } from 'graphql';

import { rowsAlias } from '../core/reserved.ts';
import { collectSelection, type SelectedField, type SelectionScope, subselections } from '../core/selection.ts';

// Which lists can travel as rows: those of which one thing is asked for each row, `nodes` or `edges`, under one name.

/** What is asked of a list that can travel as rows. */
export interface RowForm {
  /** The response name of its rows. */
  readonly responseName: string;
  readonly field: SelectedField;
  /** The type of a row: that of the nodes, or of the edges. */
  readonly type: GraphQLObjectType;
}

/** Why a list cannot. */
export type NoRowForm = 'no_rows' | 'several_lists';

/** What is asked of a connection, if it is one list; whatever @skip and @include leave out does not count. */
export function rowFormOf(
  scope: SelectionScope,
  connection: GraphQLObjectType,
  selected: SelectedField,
): RowForm | NoRowForm {
  const lists: RowForm[] = [];
  for (const [responseName, field] of collectSelection(scope, connection, subselections(selected))) {
    const type = rowTypeOf(connection, field.name);
    // The cursors that a gateway asks for beside the rows are in their keys.
    if (type !== null && !(responseName === rowsAlias && hasOnlyCursors(scope, type, field))) {
      lists.push({ responseName, field, type });
    }
  }
  const [only, ...others] = lists;
  return only === undefined ? 'no_rows' : others.length > 0 ? 'several_lists' : only;
}

function hasOnlyCursors(scope: SelectionScope, edge: GraphQLObjectType, field: SelectedField): boolean {
  const [only, ...others] = collectSelection(scope, edge, subselections(field));
  return others.length === 0 && only?.[0] === 'cursor' && only[1].name === 'cursor';
}

/** The type of the elements of a list of a connection that has one for each row; null for its other fields. */
export function rowTypeOf(connection: GraphQLObjectType, fieldName: string): GraphQLObjectType | null {
  const field = connection.getFields()[fieldName];
  const named = field && getNamedType(field.type);
  return field !== undefined && isListType(getNullableType(field.type)) && isObjectType(named) ? named : null;
}
