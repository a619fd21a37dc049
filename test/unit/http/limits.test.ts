import { describe, expect, test } from '@jest/globals';
import { buildSchema, getIntrospectionQuery, parse, specifiedRules, validate } from 'graphql';

import { createLimitRule } from '../../../src/http/limits.ts';

const schema = buildSchema('type Query { me: Query name: String }');
const rules = [...specifiedRules, createLimitRule({ depth: 4, aliases: 3, rootFields: 3 })];

function complaints(query: string): string[] {
  return validate(schema, parse(query), rules).map(({ message }) => message);
}

describe('limits of an operation', () => {
  test('an operation within them passes', () => {
    expect(complaints('{ me { me { me { name } } } a: name b: name }')).toEqual([]);
  });

  test('too many levels are refused with both numbers', () => {
    expect(complaints('{ me { me { me { me { name } } } } }')).toEqual([
      'The operation has 5 levels of fields; at most 4 are allowed.',
    ]);
  });

  test('levels inside fragments count', () => {
    expect(complaints('{ me { ...F } } fragment F on Query { me { ... { me { me { name } } } } }')).toHaveLength(1);
  });

  test('aliases of a fragment count each time it is spread', () => {
    const fragment = 'fragment F on Query { a: name b: name }';
    expect(complaints(`{ ...F } ${fragment}`)).toEqual([]);
    expect(complaints(`{ ...F me { ...F } } ${fragment}`)).toEqual([
      'The operation has 4 aliases; at most 3 are allowed.',
    ]);
  });

  test('the same root field counts each time, so that one field cannot be asked a thousand times', () => {
    expect(complaints('{ name name name name }')).toEqual(['The operation has 4 root fields; at most 3 are allowed.']);
  });

  test('fragments in a circle are refused by their own rule and do not hang the count', () => {
    expect(complaints('{ ...A } fragment A on Query { me { ...B } } fragment B on Query { me { ...A } }')).toEqual([
      'Cannot spread fragment "A" within itself via "B".',
    ]);
  });

  test('fragments that double thirty times are counted in no time', () => {
    const doubling = Array.from(
      { length: 30 },
      (_, at) => `fragment F${at} on Query { ...F${at + 1} me { ...F${at + 1} } }`,
    );
    const document = parse(`{ ...F0 } ${doubling.join(' ')} fragment F30 on Query { a: name }`);
    const [error] = validate(schema, document, [createLimitRule({ depth: 100, aliases: 3, rootFields: 99 })]);
    expect(error?.message).toBe('The operation has 1073741824 aliases; at most 3 are allowed.');
  });

  test('the introspection of GraphQL tools passes', () => {
    expect(complaints(getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }))).toEqual([]);
  });
});
