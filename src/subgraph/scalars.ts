import { GraphQLError, GraphQLScalarType, Kind, print, type ValueNode } from 'graphql';

// The scalars Long and DateTime. Inside, a Long is a number of up to 53 bits and an instant is milliseconds since 1970.

/** A whole number that every JSON reader holds exactly. */
export const longScalar = new GraphQLScalarType<number, number>({
  name: 'Long',
  serialize: toLong,
  parseValue: toLong,
  parseLiteral: (node) => {
    if (node.kind !== Kind.INT) {
      throw refuse('Long', 'a whole number', print(node), node);
    }
    return toLong(Number(node.value));
  },
});

/** An instant as RFC 3339 text. */
export const dateTimeScalar = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  serialize: (value) => new Date(typeof value === 'string' ? parseInstant(value) : (value as number)).toISOString(),
  parseValue: parseInstant,
  parseLiteral: (node) => {
    if (node.kind !== Kind.STRING) {
      throw refuse('DateTime', 'RFC 3339 text', print(node), node);
    }
    return parseInstant(node.value);
  },
});

function toLong(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw refuse('Long', 'a whole number from -9007199254740991 to 9007199254740991', JSON.stringify(value));
  }
  return value === 0 ? 0 : value;
}

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Date.parse takes the 30th of February for the 2nd of March, so the day is looked at afterwards. */
function parseInstant(value: unknown): number {
  const parts = typeof value === 'string' ? rfc3339.exec(value) : null;
  const local =
    parts === null ? NaN : Date.parse(`${(value as string).slice(0, 10)}T${(value as string).slice(11, 19)}Z`);
  if (parts === null || Number.isNaN(local) || new Date(local).getUTCDate() !== Number(parts[3])) {
    throw refuse('DateTime', 'RFC 3339 text such as "2026-03-01T12:00:00Z"', JSON.stringify(value));
  }
  const [, , , , , , , fraction = '', sign = '+', hours = '0', minutes = '0'] = parts;
  const offsetMinutes = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  return local + Number(fraction.padEnd(3, '0').slice(0, 3)) - offsetMinutes * 60_000;
}

function refuse(type: string, wanted: string, found: string, node?: ValueNode): GraphQLError {
  return new GraphQLError(`${type} is ${wanted}; found ${found}.`, node === undefined ? {} : { nodes: node });
}
