import { expect, test } from '@jest/globals';

import { federationAt } from '../../../src/cli/connection.ts';

test.each([
  ['http://a:4000/graphql', 'http://a:4000/federation/graphql'],
  ['http://a:4000/graphql/', 'http://a:4000/federation/graphql'],
  ['http://a:4000', 'http://a:4000/federation/graphql'],
  ['http://a:4000/', 'http://a:4000/federation/graphql'],
  ['http://a:4000/installation/graphql', 'http://a:4000/federation/graphql'],
  ['http://a:4000/federation/graphql', 'http://a:4000/federation/graphql'],
  ['https://proxy/virtual/graphql?tenant=x', 'https://proxy/virtual/federation/graphql?tenant=x'],
  ['https://proxy/virtual/', 'https://proxy/virtual/federation/graphql'],
])('all sites are asked for at %s through %s', (endpoint, federation) => {
  expect(federationAt(endpoint)).toBe(federation);
});
