import { expect, test } from '@jest/globals';

import { bulkLocalIdOf } from '../../../src/model/bulk-id.ts';

test('the same request of the same actor is the same bulk at every broker', () => {
  expect(bulkLocalIdOf('anna', 'k')).toBe(bulkLocalIdOf('anna', 'k'));
  expect(bulkLocalIdOf('anonymous', 'k')).toBe('3f2dea26-af38-82d3-aaae-179fc36b0a61');
});

test('another actor or key is another bulk, however the two are written', () => {
  const ids = [
    bulkLocalIdOf('a', 'b","c'),
    bulkLocalIdOf('a","b', 'c'),
    bulkLocalIdOf('ab', ''),
    bulkLocalIdOf('', 'ab'),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});

test('the id is a UUID', () => {
  expect(bulkLocalIdOf('anna', 'k')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
