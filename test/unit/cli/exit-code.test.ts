import { describe, expect, test } from '@jest/globals';

import { exitCodeOfAnswer, exitCodeOfError } from '../../../src/cli/exit-code.ts';
import { collectVariable, parseVariables } from '../../../src/cli/variables.ts';
import type { Answer } from '../../../src/client/answer.ts';
import { SitewideError } from '../../../src/core/errors.ts';

function exitCode(rest: Partial<Answer>): number {
  return exitCodeOfAnswer({ data: { a: 1 }, errors: [], extensions: {}, endpoint: 'http://b', status: 200, ...rest });
}

function failedWith(...codes: string[]): Partial<Answer> {
  return { errors: codes.map((code) => ({ message: code, extensions: { code } })) };
}

describe('the exit code', () => {
  test.each<[string, number, Partial<Answer>]>([
    ['a complete answer', 0, {}],
    ['an answer with an error', 1, failedWith('INTERNAL')],
    ['a partial answer', 3, { extensions: { coverage: { a: { complete: false, sources: [] } } } }],
    ['nobody answering', 4, failedWith('NO_SOURCE_ANSWERED')],
    ['coverage that is not met', 4, failedWith('COVERAGE_NOT_MET')],
    ['an id that names nothing', 5, { data: { virtualMachine: null } }],
    ['a refused caller', 8, failedWith('FORBIDDEN')],
    ['a refused caller by HTTP status', 8, { status: 401 }],
    ['the gravest of several errors', 4, failedWith('INTERNAL', 'NO_SOURCE_ANSWERED')],
    ['null beside an error', 1, { data: { virtualMachine: null }, ...failedWith('INVALID_ID') }],
  ])('of %s is %i', (_, code, rest) => {
    expect(exitCode(rest)).toBe(code);
  });

  test('of endpoints that cannot be reached is 4, and of any other fault 1', () => {
    expect(exitCodeOfError(new SitewideError('ENDPOINT_UNREACHABLE', { problem: '' }))).toBe(4);
    expect(exitCodeOfError(new SitewideError('PORT_IN_USE', { host: 'h', port: 1 }))).toBe(1);
    expect(exitCodeOfError(new Error('x'))).toBe(1);
  });
});

describe('variables', () => {
  test('are JSON where they read as JSON, and text otherwise', () => {
    const one = collectVariable('first=10', {});
    expect(collectVariable('name=a=b', one)).toEqual({ first: 10, name: 'a=b' });
    expect(parseVariables('{"a":[1]}')).toEqual({ a: [1] });
  });

  test('that are something else are refused', () => {
    expect(() => parseVariables('[1]')).toThrow('not a JSON object');
    expect(() => parseVariables('{')).toThrow('not JSON');
    expect(() => collectVariable('=1', {})).toThrow('name=value');
  });
});
