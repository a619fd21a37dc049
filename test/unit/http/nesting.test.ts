import { expect, test } from '@jest/globals';

import { refuseDeepNesting } from '../../../src/http/nesting.ts';

const many = 1_000;

test.each([
  ['an operation', '{ a '.repeat(many)],
  ['a value', `{ a(b: ${'[{c:'.repeat(many)}`],
  ['JSON', '{"a":['.repeat(many)],
  ['what follows a string', `{ a(b: "\\"") ${'{'.repeat(many)}`],
  ['what follows a block string', `{ a(b: """ " \\""" """) ${'{'.repeat(many)}`],
  ['what follows a comment', `# "\n${'{'.repeat(many)}`],
])('%s that is nested too deeply is refused', (_, text) => {
  expect(() => refuseDeepNesting(text)).toThrow(/levels of brackets; at most 400 are allowed/);
});

test.each([
  ['side by side', '{ a } '.repeat(many)],
  ['in a string', `{ a(b: "${'{'.repeat(many)}") }`],
  ['in a block string', `{ a(b: """ "${'{'.repeat(many)} """) }`],
  ['in a comment', `{ a } #${'{'.repeat(many)}`],
])('brackets %s are no nesting', (_, text) => {
  expect(() => refuseDeepNesting(text)).not.toThrow();
});
