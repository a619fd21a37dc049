import { createHash } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import type { SitewideError } from '../../../src/core/errors.ts';
import {
  anyDocument,
  completeSearch,
  createTrustedDocuments,
  type SentDocument,
  type TrustMode,
} from '../../../src/http/trusted-documents.ts';

const known = 'query Known { site { name } }';
const other = '{ site { id } }';
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const apollo = (text: string): object => ({ persistedQuery: { version: 1, sha256Hash: hashOf(text) } });

const documents = (mode: TrustMode) => createTrustedDocuments(mode, new Map([['known-1', known]]));

function refusalOf(mode: TrustMode, sent: SentDocument): string {
  try {
    documents(mode).complete(sent);
    return 'nothing';
  } catch (thrown) {
    return (thrown as SitewideError).code;
  }
}

describe.each(['only', 'allow'] as const)('with mode %s', (mode) => {
  test.each<[string, SentDocument]>([
    ['its id', { documentId: 'known-1' }],
    ['its hash', { documentId: `sha256:${hashOf(known)}` }],
    ['its hash in the way of Apollo', { extensions: apollo(known) }],
    ['its hash and an empty text', { query: '', extensions: apollo(known) }],
    ['its text', { query: known }],
    ['its text and its id', { query: known, documentId: 'known-1' }],
    ['its text and its hash', { query: known, extensions: apollo(known) }],
  ])('a known document may come as %s', (_, sent) => {
    const { query, documentId, extensions = {} } = documents(mode).complete(sent);
    expect({ query, documentId, extensions }).toEqual({ query: known, documentId: undefined, extensions: {} });
  });

  test('what else was sent stays', () => {
    const sent = { documentId: 'known-1', variables: { a: 1 }, operationName: 'Known', extensions: { other: 1 } };
    const { documentId: _, ...rest } = sent;
    expect(documents(mode).complete(sent)).toEqual({ ...rest, query: known });
  });

  test('a text with the id of another one is refused', () => {
    expect(refusalOf(mode, { query: other, documentId: 'known-1' })).toBe('BAD_REQUEST');
    expect(refusalOf(mode, { query: known, extensions: apollo(other) })).toBe('BAD_REQUEST');
  });

  test('by GET it is the same', () => {
    const search = completeSearch(`?documentId=known-1&variables=%7B%7D`, documents(mode));
    expect(Object.fromEntries(new URLSearchParams(search))).toEqual({ query: known, variables: '{}' });
    const hash = encodeURIComponent(JSON.stringify(apollo(known)));
    expect(new URLSearchParams(completeSearch(`?extensions=${hash}`, documents(mode))).get('query')).toBe(known);
  });

  test('nothing at all is left for others to refuse', () => {
    expect(documents(mode).complete({})).toEqual({});
    expect(documents(mode).complete({ query: 5 })).toEqual({ query: 5 });
  });
});

test('only known documents are answered if only they are trusted', () => {
  for (const sent of [{ query: other }, { documentId: 'x' }, { extensions: apollo(other) }, { query: `${known} ` }]) {
    expect(refusalOf('only', sent)).toBe('DOCUMENT_NOT_TRUSTED');
  }
  expect(() =>
    completeSearch(`?query=${encodeURIComponent(known)}&query={__typename}`, documents('only')),
  ).not.toThrow();
  const twice = completeSearch(`?query=${encodeURIComponent(known)}&query={__typename}`, documents('only'));
  expect(new URLSearchParams(twice).getAll('query')).toEqual([known]);
});

test('where others are allowed, an unknown id is told in the words that its sender waits for', () => {
  expect(refusalOf('allow', { query: other, extensions: apollo(other) })).toBe('nothing');
  expect(refusalOf('allow', { extensions: apollo(other) })).toBe('PERSISTED_QUERY_NOT_FOUND');
  expect(refusalOf('allow', { documentId: 'x' })).toBe('DOCUMENT_UNKNOWN');
});

test('switched off, nothing is touched', () => {
  expect(documents('off')).toBe(anyDocument);
  expect(completeSearch('?query=%7Ba%7D', anyDocument)).toBe('?query=%7Ba%7D');
});
