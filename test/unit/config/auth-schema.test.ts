import { describe, expect, test } from '@jest/globals';

import { parseConfig } from '../../../src/config/config.ts';

// What the section `auth` may say.

const issuer = { issuer: 'https://id.example.org', audience: 'sitewide' };
const other = { issuer: 'https://id.example.net', audience: ['a', 'b'] };
const alone = { id: 'lyon', installations: [{ id: 'lyon-a', brokers: [{ id: 'a-1', url: 'http://127.0.0.1:4000' }] }] };

function parse(auth: object, more: object = {}) {
  const text = JSON.stringify({
    site: alone,
    installation: 'lyon-a',
    broker: 'a-1',
    driver: { kind: 'simulator', url: 'http://127.0.0.1:5000' },
    roles: { bindings: [] },
    auth,
    ...more,
  });
  return parseConfig(text, { file: '/etc/sitewide/broker.yml' }).auth;
}

test('an issuer needs its name and an audience, and gets the rest', () => {
  expect(parse({ issuers: [issuer] })).toMatchObject({
    anonymous: 'none',
    issuers: [{ audience: ['sitewide'], clockSkewMs: 30_000, subjectClaim: 'sub', groupsClaim: 'groups' }],
  });
});

test('files are looked up beside the configuration', () => {
  const issuers = [{ issuer: 'machines', audience: 'sitewide', jwksFile: 'keys.json' }];
  expect(parse({ tokensFile: 'tokens.txt', issuers })).toMatchObject({
    tokensFile: '/etc/sitewide/tokens.txt',
    issuers: [{ jwksFile: '/etc/sitewide/keys.json' }],
  });
});

describe('refused, with the key and what is allowed, is', () => {
  test.each<readonly [string, object, string]>([
    ['nobody at all', {}, 'auth: found nobody who may come in'],
    ['an unknown key', { tokenFile: 'x' }, 'unknown key "tokenFile"; did you mean "tokensFile"?'],
    ['another kind of anonymous', { anonymous: 'write' }, 'auth.anonymous: found "write"; allowed is "none" or "read"'],
    ['an issuer without an audience', { issuers: [{ issuer: 'https://a' }] }, 'auth.issuers[0].audience: missing'],
    ['no audience at all', { issuers: [{ ...issuer, audience: [] }] }, 'auth.issuers[0].audience'],
    [
      'an issuer over http',
      { issuers: [{ ...issuer, issuer: 'http://id.example.org' }] },
      'allowed is an https address',
    ],
    ['keys over http', { issuers: [{ ...issuer, jwksUrl: 'http://id.example.org/keys' }] }, 'auth.issuers[0].jwksUrl'],
    [
      'two places for the keys',
      { issuers: [{ ...issuer, jwksUrl: 'https://id.example.org/keys', jwksFile: 'x' }] },
      'auth.issuers[0].jwksUrl: found both',
    ],
    ['no signature', { issuers: [{ ...issuer, algorithms: ['none'] }] }, 'auth.issuers[0].algorithms'],
    ['a shared secret', { issuers: [{ ...issuer, algorithms: ['HS256'] }] }, 'auth.issuers[0].algorithms'],
    ['a leeway of more than five minutes', { issuers: [{ ...issuer, clockSkewMs: 300_001 }] }, 'from 0 to 300000'],
    [
      'the same issuer twice',
      {
        issuers: [
          { ...issuer, prefix: 'a:' },
          { ...issuer, prefix: 'b:' },
        ],
      },
      'more than once',
    ],
    ['several without a prefix', { issuers: [issuer, { ...other, prefix: 'b:' }] }, 'each needs a "prefix" of its own'],
    [
      'several with the same',
      {
        issuers: [
          { ...issuer, prefix: 'a:' },
          { ...other, prefix: 'a:' },
        ],
      },
      'prefix "a:" occurs more than once',
    ],
    ['the prefix of API tokens', { issuers: [{ ...issuer, prefix: 'token:' }] }, 'auth.issuers[0].prefix'],
    ['a prefix that is none', { issuers: [{ ...issuer, prefix: 'corp' }] }, 'auth.issuers[0].prefix'],
  ])('%s', (_, auth, problem) => {
    expect(() => parse(auth)).toThrow(problem);
  });

  test('users without roles', () => {
    expect(() => parse({ issuers: [issuer] }, { roles: undefined })).toThrow('auth: found it without "roles"');
  });

  test('users without certificates, where there are other brokers', () => {
    const [installation] = alone.installations;
    const second = { id: 'a-2', url: 'http://127.0.0.1:4001' };
    const site = { ...alone, installations: [{ ...installation!, brokers: [...installation!.brokers, second] }] };
    expect(() => parse({ issuers: [issuer] }, { site })).toThrow('auth: found it without "tls"');
    const oslo = {
      id: 'oslo',
      installations: [{ id: 'oslo-a', brokers: [{ id: 'o', url: 'http://127.0.0.1:4002' }] }],
    };
    expect(() => parse({ issuers: [issuer] }, { federation: { sites: [oslo] } })).toThrow('without "tls"');
  });
});
