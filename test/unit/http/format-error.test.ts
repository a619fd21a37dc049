import { describe, expect, test } from '@jest/globals';
import { GraphQLError } from 'graphql';

import { SitewideError } from '../../../src/core/errors.ts';
import { formatError, isUnexpected } from '../../../src/http/format-error.ts';

function shown(error: GraphQLError) {
  const extensions = { ...error.extensions, code: error.extensions['code'] ?? 'INTERNAL_SERVER_ERROR' };
  return formatError({ ...error.toJSON(), extensions }, error);
}

describe('what a client sees of an error', () => {
  test('an error of our table keeps code, retryability and details', () => {
    const coverage = { complete: false, sources: [] };
    const ours = new SitewideError(
      'NO_SOURCE_ANSWERED',
      { field: 'virtualMachines', reasons: 'none' },
      { details: { coverage } },
    );
    const error = new GraphQLError(ours.message, { originalError: ours, path: ['virtualMachines'] });
    expect(shown(error)).toEqual({
      message: 'No source answered for "virtualMachines": none.',
      path: ['virtualMachines'],
      extensions: { code: 'NO_SOURCE_ANSWERED', retryable: true, coverage },
    });
  });

  test('our code survives the wrapping as a validation error', () => {
    const ours = new SitewideError('OPERATION_TOO_COMPLEX', { found: 3, what: 'aliases', limit: 2 });
    const error = new GraphQLError(ours.message, {
      originalError: new GraphQLError(ours.message, { originalError: ours }),
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
    expect(shown(error).extensions).toEqual({ code: 'OPERATION_TOO_COMPLEX' });
  });

  test('the message of an unexpected error is hidden', () => {
    const error = new GraphQLError('password is hunter2', { originalError: new Error('password is hunter2') });
    expect(isUnexpected(error)).toBe(true);
    expect(shown(error)).toEqual({ message: 'Internal error.', extensions: { code: 'INTERNAL' } });
  });

  test('a parse error keeps its message and its code', () => {
    const error = new GraphQLError('Syntax Error', {
      originalError: new GraphQLError('Syntax Error'),
      extensions: { code: 'GRAPHQL_PARSE_FAILED' },
    });
    expect(isUnexpected(error)).toBe(false);
    expect(shown(error)).toEqual({ message: 'Syntax Error', extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
  });

  test('an error that came from another server with its code keeps both, without its stack trace', () => {
    const error = new GraphQLError('no', { extensions: { code: 'COVERAGE_NOT_MET', stacktrace: ['at x'] } });
    expect(shown(error)).toEqual({ message: 'no', extensions: { code: 'COVERAGE_NOT_MET' } });
  });
});
