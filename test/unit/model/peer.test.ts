import { expect, test } from '@jest/globals';

import { peerUri, readPeerUri } from '../../../src/model/peer.ts';

test('an identity is read from the URI that it writes', () => {
  const identity = { site: 'lyon', installation: 'lyon-a', broker: 'lyon-a-1' };
  expect(peerUri(identity)).toBe('sitewide://lyon/lyon-a/lyon-a-1');
  expect(readPeerUri(peerUri(identity))).toEqual(identity);
});

test.each([
  'sitewide://lyon/lyon-a',
  'sitewide://lyon/lyon-a/a/b',
  'sitewide://lyon//a',
  'sitewide://Lyon/lyon-a/a',
  'sitewide://lyon/lyon-a/a?b',
  ' sitewide://lyon/lyon-a/a',
  'https://lyon/lyon-a/a',
  'spiffe://lyon/lyon-a/a',
])('"%s" names no broker', (uri) => {
  expect(readPeerUri(uri)).toBeNull();
});
