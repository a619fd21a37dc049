import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLEnumType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

import { isObject } from '../core/is-object.ts';
import { type CompileScope, fieldsOf } from './typed-selection.ts';

// Does an answer fit the schema? A broker that answers something else must not get a row into anybody's list; only a value
// that a newer version has added to an enum becomes null and is named. The check is compiled once for each document, since
// it looks at every value of every answer.

/** Whether an answer fits. */
export interface Conformity {
  /** What is wrong with it, as `path: problem`, or null if it fits. */
  readonly problem: string | null;
  /** The answer; where it has enum values that are not known here, a copy with null in their place. */
  readonly data: unknown;
  /** The fields with such values, as `Type.field`, by the name of the root field. */
  readonly strange: ReadonlyMap<string, readonly string[]>;
}

/** What is wrong with a value, as `path: problem`; `isStrange` if it has to become null; or null if it fits. */
type Check = (value: unknown, finding: Finding) => string | typeof isStrange | null;

const isStrange = Symbol('a value that is not known here');

interface Finding {
  /** The fields with unknown values so far. */
  readonly strange: Set<string>;
  /** True if they are to be replaced by null. */
  readonly repairs: boolean;
}

const compiled = new WeakMap<DocumentNode, (data: unknown) => Conformity>();

/** The check of `data` for this document, whose first definition is its operation. */
export function conformityOf(schema: GraphQLSchema, document: DocumentNode): (data: unknown) => Conformity {
  const known = compiled.get(document);
  if (known) {
    return known;
  }
  const [operation, ...rest] = document.definitions as [OperationDefinitionNode, ...FragmentDefinitionNode[]];
  const fragments = new Map(rest.map((fragment) => [fragment.name.value, fragment]));
  const root = schema.getRootType(operation.operation)!;
  const roots = checkedFields({ schema, fragments }, root.name, [operation.selectionSet]);
  const check = (data: unknown): Conformity => {
    const found = checkRoots(roots, data, false);
    // Answers may be kept by whoever brought them, so that they are not changed.
    return found.strange.size === 0 ? found : checkRoots(roots, structuredClone(data), true);
  };
  compiled.set(document, check);
  return check;
}

function checkRoots(roots: readonly CheckedField[], data: unknown, repairs: boolean): Conformity {
  const strange = new Map<string, readonly string[]>();
  if (!isObject(data)) {
    return { problem: ': is no object', data, strange };
  }
  for (const field of roots) {
    const finding: Finding = { strange: new Set(), repairs };
    const problem = checkField(field, data, finding);
    if (problem !== null) {
      return { problem: problem === isStrange ? `.${field.name}: is not known here` : problem, data, strange };
    }
    if (finding.strange.size > 0) {
      strange.set(field.name, [...finding.strange].sort());
    }
  }
  return { problem: null, data, strange };
}

interface TypedField {
  readonly type: GraphQLOutputType;
  /** As `Type.field`. */
  readonly coordinate: string;
}

function checkType(scope: CompileScope, typed: TypedField, sets: readonly SelectionSetNode[]): Check {
  const { type, coordinate } = typed;
  if (isNonNullType(type)) {
    const check = checkType(scope, { type: type.ofType, coordinate }, sets);
    return (value, finding) => (value === null || value === undefined ? ': may not be null' : check(value, finding));
  }
  if (isListType(type)) {
    const check = checkType(scope, { type: type.ofType, coordinate }, sets);
    const mayRepair = !isNonNullType(type.ofType);
    return (value, finding) =>
      value === null || value === undefined ? null : checkElements(value, { check, mayRepair }, finding);
  }
  const named = getNamedType(type);
  const check = isCompositeType(named)
    ? isAbstractType(named)
      ? checkAbstract(scope, scope.schema.getPossibleTypes(named), sets)
      : checkObject(scope, named.name, sets)
    : isEnumType(named)
      ? checkEnum(named, coordinate)
      : checkLeaf(named.name);
  return (value, finding) => (value === null || value === undefined ? null : check(value, finding));
}

interface CheckedElement {
  readonly check: Check;
  /** False if an element may not be null. */
  readonly mayRepair: boolean;
}

function checkElements(value: unknown, { check, mayRepair }: CheckedElement, finding: Finding): ReturnType<Check> {
  if (!Array.isArray(value)) {
    return ': is no list';
  }
  for (let at = 0; at < value.length; at += 1) {
    const problem = check(value[at], finding);
    if (problem === isStrange) {
      if (!mayRepair) {
        return isStrange;
      }
      if (finding.repairs) {
        value[at] = null;
      }
    } else if (problem !== null) {
      return `.${at}${problem}`;
    }
  }
  return null;
}

interface CheckedField {
  readonly name: string;
  /** True if @skip or @include may leave it out. */
  readonly conditional: boolean;
  /** False if it may not be null. */
  readonly mayRepair: boolean;
  readonly check: Check;
}

/** Every field that the selection asks for of an object of one type, wherever in fragments. */
function checkedFields(
  scope: CompileScope,
  typeName: string,
  sets: readonly SelectionSetNode[],
): readonly CheckedField[] {
  return [...fieldsOf(scope, typeName, sets)].map(([name, { type, fieldName, sets: below, conditional }]) => ({
    name,
    conditional,
    mayRepair: !isNonNullType(type),
    check: type === null ? checkText : checkType(scope, { type, coordinate: `${typeName}.${fieldName}` }, below),
  }));
}

function checkObject(scope: CompileScope, typeName: string, sets: readonly SelectionSetNode[]): Check {
  const fields = checkedFields(scope, typeName, sets);
  return (value, finding) => {
    if (!isObject(value)) {
      return ': is no object';
    }
    for (const field of fields) {
      const problem = checkField(field, value, finding);
      if (problem !== null) {
        return problem;
      }
    }
    return null;
  };
}

function checkField(
  { name, conditional, mayRepair, check }: CheckedField,
  object: Record<string, unknown>,
  finding: Finding,
): ReturnType<Check> {
  const found = object[name];
  if (found === undefined) {
    return conditional ? null : `.${name}: is missing`;
  }
  const problem = check(found, finding);
  if (problem === isStrange && mayRepair) {
    if (finding.repairs) {
      object[name] = null;
    }
    return null;
  }
  return typeof problem === 'string' ? `.${name}${problem}` : problem;
}

/** An object of one of several types: it has to fit one of them. */
function checkAbstract(
  scope: CompileScope,
  types: readonly { readonly name: string }[],
  sets: readonly SelectionSetNode[],
): Check {
  const checks = types.map(({ name }) => checkObject(scope, name, sets));
  return (value, finding) => {
    const verdicts = checks.map((check) => {
      const own: Finding = { ...finding, strange: new Set() };
      const problem = check(value, own);
      // Which of those that it fits it is nobody says; an enum is the same in all that have it under one name.
      (typeof problem === 'string' ? [] : own.strange).forEach((name) => finding.strange.add(name));
      return problem;
    });
    return verdicts.includes(null) ? null : (verdicts.find((one) => one === isStrange) ?? verdicts[0] ?? null);
  };
}

/** A newer broker may have added a value. */
function checkEnum(type: GraphQLEnumType, coordinate: string): Check {
  const values = new Set<unknown>(type.getValues().map(({ name }) => name));
  return (value, { strange }) => {
    if (values.has(value)) {
      return null;
    }
    if (typeof value !== 'string') {
      return ': is no text';
    }
    strange.add(coordinate);
    return isStrange;
  };
}

function checkLeaf(typeName: string): Check {
  switch (typeName) {
    case 'Int':
    case 'Float':
    case 'Long':
      return (value) => (typeof value === 'number' ? null : ': is no number');
    case 'Boolean':
      return (value) => (typeof value === 'boolean' ? null : ': is neither true nor false');
    default:
      // ID, String, instants.
      return checkText;
  }
}

const checkText: Check = (value) => (typeof value === 'string' ? null : ': is no text');
