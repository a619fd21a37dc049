import { expect, test } from '@jest/globals';

import { withGreeting, withPayload } from '../../../src/http/socket-headers.ts';

const headers = { host: 'broker', 'sitewide-request-id': 'of the socket' };

test('what a payload says counts instead of what the headers say', () => {
  expect(withPayload(headers, { 'sitewide-request-id': 'own', 'sitewide-deadline-ms': 700 })).toEqual({
    host: 'broker',
    'sitewide-request-id': 'own',
    'sitewide-deadline-ms': '700',
  });
});

test.each([
  ['other headers', { host: 'elsewhere', authorization: 'x' }],
  ['values that are no text', { traceparent: { a: 1 }, tracestate: null }],
  ['nothing', undefined],
])('of a payload with %s nothing is taken', (_, payload) => {
  expect(withPayload(headers, payload)).toEqual(headers);
});

test.each(['authorization', 'Authorization'])(
  'who opens a socket may say so as %s, over what its headers say',
  (name) => {
    const all = { ...headers, authorization: 'Bearer of-the-header' };
    expect(withGreeting(all, { [name]: 'Bearer own' })).toEqual({ ...headers, authorization: 'Bearer own' });
    expect(withGreeting(all, { [name]: { token: 'own' } })).toEqual(all);
    expect(withGreeting(all, null)).toEqual(all);
  },
);
