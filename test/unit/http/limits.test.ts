import { describe, expect, test } from '@jest/globals';
import { buildSchema, getIntrospectionQuery, parse, specifiedRules, validate } from 'graphql';

import { createLimitRule } from '../../../src/http/limits.ts';

const schema = buildSchema('type Query { me: Query name: String }');
const limits = { depth: 4, aliases: 3, rootFields: 3, fields: 500, directives: 2 };
const rules = [...specifiedRules, createLimitRule(limits)];

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

  test('a field that stands in the same braces again and again is refused, one that fragments share is not', () => {
    const fragment = 'fragment F on Query { name }';
    expect(complaints(`{ me { name ...F ...F ...F ...F ...F } } ${fragment}`)).toEqual([]);
    expect(complaints('{ me { name name name name name } }')).toEqual([
      'The operation has 4 repeated fields; at most 3 are allowed.',
    ]);
  });

  test('fields count where they are spread, each time', () => {
    const spread = (times: number): string => `{ me { ${'...F '.repeat(times)} } }`;
    const fragment = `fragment F on Query { me { ${Array.from({ length: 99 }, () => '... { name }').join(' ')} } }`;
    expect(complaints(`${spread(4)} ${fragment}`)).toEqual([]);
    expect(complaints(`${spread(5)} ${fragment}`)).toEqual(['The operation has 501 fields; at most 500 are allowed.']);
  });

  test('directives count wherever they stand', () => {
    const skipped = '@skip(if: false)';
    expect(complaints(`{ me ${skipped} { name ${skipped} } }`)).toEqual([]);
    expect(complaints(`{ me ${skipped} { name ${skipped} ... ${skipped} { name } } }`)).toEqual([
      'The operation has 3 directives; at most 2 are allowed.',
    ]);
    expect(complaints(`query ${'@no '.repeat(3)} { name }`)).toContain(
      'The operation has 3 directives; at most 2 are allowed.',
    );
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
    const [error] = validate(schema, document, [createLimitRule({ ...limits, depth: 100, rootFields: 99 })]);
    expect(error?.message).toBe('The operation has 1073741824 aliases; at most 3 are allowed.');
  });

  test('the introspection of GraphQL tools passes', () => {
    expect(complaints(getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }))).toEqual([]);
  });
});
