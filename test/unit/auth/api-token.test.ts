import { randomBytes } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { apiTokenId, apiTokenProblems, isApiToken, makeApiToken, readApiTokens } from '../../../src/auth/api-token.ts';

const expiresAt = Date.UTC(2027, 0, 31);
const made = makeApiToken({ id: 'nightly-report', groups: ['auditors', 'lyon'], expiresAt }, randomBytes);

describe('an API token', () => {
  test('has 256 random bits, and says whose it is', () => {
    expect(made.secret).toMatch(/^swt_nightly-report_[A-Za-z0-9_-]{43}$/);
    expect(apiTokenId(made.secret)).toBe('nightly-report');
  });

  test('is not in the line for the file, which is read as what was wanted', () => {
    expect(made.line).not.toContain(made.secret.slice('swt_nightly-report_'.length));
    const reading = readApiTokens(`# Machines.\n\n${made.line}\r\n`);
    const token = 'tokens' in reading ? reading.tokens.get('nightly-report') : undefined;
    expect(token).toMatchObject({ id: 'nightly-report', expiresAt, groups: ['auditors', 'lyon'] });
    expect(isApiToken(made.secret, token!)).toBe(true);
    expect(isApiToken(`${made.secret}x`, token!)).toBe(false);
  });

  test('may be without groups and without an end', () => {
    const { line } = makeApiToken({ id: 'a', groups: [], expiresAt: null }, randomBytes);
    expect(line).toMatch(/^a [0-9a-f]{64} never -$/);
    expect(readApiTokens(line)).toMatchObject({ tokens: new Map([['a', expect.objectContaining({ groups: [] })]]) });
  });

  test.each(['swt_a', 'swt_a_short', 'swt_A_0123456789abcdef0123456789', 'swt__0123456789abcdef0123456789', 'a.b.c'])(
    'is not %s',
    (token) => expect(apiTokenId(token)).toBeNull(),
  );
});

describe('a file of API tokens', () => {
  const hash = 'a'.repeat(64);

  test.each([
    ['nonsense', 'line 1: the expiry'],
    [`A ${hash} never -`, 'line 1: the id "A"'],
    [`a ${hash.slice(1)} never -`, 'line 1: the second word'],
    [`a ${hash.toUpperCase()} never -`, 'line 1: the second word'],
    [`a ${hash} tomorrow -`, 'line 1: the expiry'],
    [`a ${hash} 2027-01-31T10:00 -`, 'line 1: the expiry'],
    [`a ${hash} never`, 'line 1: allowed are four words'],
    [`a ${hash} never x y`, 'line 1: allowed are four words'],
    [`a ${hash} never x,,y`, 'line 1: the group ""'],
    [`a ${hash} never -\n\na ${hash} never -`, 'line 3: the id "a" occurs a second time'],
  ])('with the line %j is refused, and says why', (text, problem) => {
    const reading = readApiTokens(text);
    expect('problems' in reading ? reading.problems : []).toContainEqual(expect.stringContaining(problem));
  });

  test('that is empty lets nobody in', () => {
    expect(readApiTokens('')).toEqual({ tokens: new Map() });
  });
});

test('what cannot be a token is named before it is made', () => {
  expect(apiTokenProblems({ id: 'a_b', groups: ['a b'], expiresAt: NaN })).toHaveLength(3);
  expect(apiTokenProblems({ id: 'a-b', groups: ['a'], expiresAt: null })).toEqual([]);
});
