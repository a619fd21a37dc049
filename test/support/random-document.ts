import {
  executeSync,
  type FieldNode,
  getNamedType,
  getNullableType,
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  type DocumentNode,
} from 'graphql';

// Documents made by chance, and answers to them that are the same for the same fields whatever the schema that answers.

/** Gives numbers from 0 to below 1. */
export type Chance = () => number;

/** A chance that is the same for the same seed (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of the elements. */
export function pick<T>(chance: Chance, elements: readonly T[]): T {
  return elements[Math.floor(chance() * elements.length)]!;
}

interface Making {
  readonly schema: GraphQLSchema;
  readonly chance: Chance;
  readonly fragments: string[];
}

/** The text of an operation with these root fields, each with its arguments; `$yes` and `$no` are as they say. */
export function randomDocument(schema: GraphQLSchema, chance: Chance, roots: readonly string[]): string {
  const { fields, fragments } = randomFields(schema, chance, roots);
  const text = `query ($yes: Boolean!, $no: Boolean = false, $filter: VirtualMachineFilter) { used: virtualMachine(id: "x") @include(if: $no) { id @skip(if: $yes) } more: virtualMachines(filter: $filter) { totalCount } ${fields} }`;
  return [text, ...fragments].join('\n');
}

/** The same with nothing but these root fields. */
export function randomQuery(schema: GraphQLSchema, chance: Chance, roots: readonly string[]): string {
  const { fields, fragments } = randomFields(schema, chance, roots);
  const used = 'used: virtualMachines(first: 1) @include(if: $no) { totalCount @skip(if: $yes) }';
  return [`query ($yes: Boolean!, $no: Boolean = false) { ${used} ${fields} }`, ...fragments].join('\n');
}

/** What may be asked of an object of a type, with the fragments that it takes. */
export function randomSelection(
  schema: GraphQLSchema,
  chance: Chance,
  typeName: string,
): { readonly text: string; readonly fragments: string } {
  const making: Making = { schema, chance, fragments: [] };
  const text = selectionOf(making, schema.getType(typeName)!, 3);
  return { text, fragments: making.fragments.join('\n') };
}

function randomFields(schema: GraphQLSchema, chance: Chance, roots: readonly string[]) {
  const making: Making = { schema, chance, fragments: [] };
  const query = schema.getQueryType()!;
  const fields = roots.map((root, at) => {
    const field = query.getFields()[/^\w+/.exec(root)![0]]!;
    return `r${at}: ${root} ${selectionOf(making, getNamedType(field.type), 4)}`;
  });
  return { fields: fields.join('\n'), fragments: making.fragments };
}

function selectionOf(making: Making, type: GraphQLNamedType, depth: number): string {
  if (!isCompositeType(type)) {
    return '';
  }
  const { chance } = making;
  const count = 1 + Math.floor(chance() * 4);
  const parts = Array.from({ length: count }, () => partOf(making, type, depth)).filter((part) => part !== '');
  return `{ ${parts.length === 0 ? '__typename' : parts.join(' ')} }`;
}

/** A field, or a fragment with a selection. */
function partOf(making: Making, type: GraphQLNamedType, depth: number): string {
  const { schema, chance, fragments } = making;
  const condition = pick(chance, ['', '', '', '', ' @include(if: $yes)', ' @skip(if: $yes)', ' @include(if: $no)']);
  const choice = chance();
  if (isAbstractType(type) || choice < 0.2) {
    const target = isAbstractType(type) ? pick(chance, schema.getPossibleTypes(type)) : type;
    const body = selectionOf(making, target, depth);
    if (chance() < 0.5) {
      return `... on ${target.name}${condition} ${body}`;
    }
    fragments.push(`fragment F${fragments.length} on ${target.name} ${body}`);
    return `...F${fragments.length - 1}${condition}`;
  }
  const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
  const field = pick(
    chance,
    fields.filter(({ name, type: of }) => !name.startsWith('_') && (depth > 0 || !isCompositeType(getNamedType(of)))),
  );
  if (!field || field.args.some(({ type: of }) => isNonNullType(of))) {
    return '';
  }
  // The alias tells the type and the selection, so that two of one name never differ.
  const named = getNamedType(field.type);
  const alias = isCompositeType(named) ? `a${Math.floor(chance() * 1e9)}` : String(field.type).replace(/\W/g, '_');
  return `${alias}_${field.name}: ${field.name}${condition} ${selectionOf(making, named, depth - 1)}`;
}

interface Answering {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whose fields have values; all others are null. */
  readonly known: GraphQLSchema;
}

/** The data of an answer. A field has the same value at the same place in every schema that knows it. */
export function answerTo({ schema, document, variables, known }: Answering): Record<string, unknown> {
  const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (source, _args, _context, info) => {
    const type = known.getType(info.parentType.name);
    const isKnown = isObjectType(type) && info.fieldName in type.getFields();
    const place = `${(source as { place?: string } | undefined)?.place ?? ''}/${info.fieldName}`;
    return isKnown ? valueOf(known, info.returnType, place) : null;
  };
  const typeResolver = (value: unknown): string => (value as { type: string }).type;
  const result = executeSync({ schema, document, variableValues: variables, fieldResolver, typeResolver });
  if (result.errors) {
    throw new Error(result.errors.map(({ message }) => message).join('\n'));
  }
  return JSON.parse(JSON.stringify(result.data)) as Record<string, unknown>;
}

function valueOf(known: GraphQLSchema, type: GraphQLOutputType, place: string): unknown {
  const dice = chanceOf(Buffer.from(place).reduce((sum, byte) => (sum * 31 + byte) | 0, 7));
  if (!isNonNullType(type) && dice() < 0.2) {
    return null;
  }
  const bare = getNullableType(type);
  if (isListType(bare)) {
    return Array.from({ length: Math.floor(dice() * 3) }, (_, at) => valueOf(known, bare.ofType, `${place}/${at}`));
  }
  if (isCompositeType(bare)) {
    return { place, type: isAbstractType(bare) ? pick(dice, known.getPossibleTypes(bare)).name : bare.name };
  }
  return isEnumType(bare) ? pick(dice, bare.getValues()).name : leafOf(getNamedType(bare).name);
}

function leafOf(typeName: string): unknown {
  switch (typeName) {
    case 'Int':
    case 'Float':
    case 'Long':
      return 7;
    case 'Boolean':
      return true;
    default:
      return 'text';
  }
}

/** The root fields of a document with their arguments, as written. */
export function rootNodes({ definitions }: DocumentNode): readonly FieldNode[] {
  const [operation] = definitions;
  return operation?.kind === 'OperationDefinition' ? (operation.selectionSet.selections as readonly FieldNode[]) : [];
}
