import { expect, test } from '@jest/globals';

import { readManifest } from '../../../src/config/document-manifest.ts';

test('the manifest of Apollo is read', () => {
  const operations = [{ id: 'a', name: 'A', type: 'query', body: 'query A { a }' }];
  const text = JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });
  expect([...readManifest(text, 'f')]).toEqual([['a', 'query A { a }']]);
});

test('a mapping of ids to texts is read', () => {
  expect([...readManifest('{ "a": "query A { a }" }', 'f')]).toEqual([['a', 'query A { a }']]);
});

test.each(['{', '[]', '{ "a": 1 }', '{ "format": "other", "operations": [] }', '"text"'])(
  '%s is refused with the name of the file',
  (text) => {
    expect(() => readManifest(text, 'docs.json')).toThrow(/^docs\.json: (not JSON|found neither)/);
  },
);
