import { describe, expect, test } from '@jest/globals';

import { type Config, parseConfig } from '../../../src/config/config.ts';

const broker = { id: 'lyon-a-1', url: 'http://127.0.0.1:4000' };
const least = {
  site: { id: 'lyon', installations: [{ id: 'lyon-a', brokers: [broker] }] },
  installation: 'lyon-a',
  broker: 'lyon-a-1',
  driver: { kind: 'simulator', url: 'http://127.0.0.1:5000' },
};

function configOf(more: object): Config {
  return parseConfig(JSON.stringify({ ...least, ...more }), { file: '/etc/sitewide/broker.yml' });
}

describe('what keeps requests within bounds', () => {
  test('has generous bounds by default, knows no other pages and names, and trusts all documents', () => {
    expect(configOf({})).toMatchObject({
      limits: {
        fields: 2_000,
        directives: 50,
        cost: 250_000,
        principal: { requestsPerSecond: 1_000, burst: 5_000, concurrent: 256 },
        streams: { perAddress: 200, messagesPerSecond: 500, messagesBurst: 5_000 },
      },
      hosts: [],
      cors: { origins: [] },
      introspection: 'on',
      persistedDocuments: { mode: 'off' },
    });
  });

  test('takes names of hosts in any letters, and finds the documents beside the file', () => {
    const persistedDocuments = { mode: 'only', file: 'documents.json' };
    expect(configOf({ hosts: ['Brokers.Example.org'], persistedDocuments })).toMatchObject({
      hosts: ['brokers.example.org'],
      persistedDocuments: { mode: 'only', file: '/etc/sitewide/documents.json' },
    });
  });

  test.each([
    [true, 'on'],
    [false, 'off'],
    ['on', 'on'],
    ['authenticated', 'authenticated'],
    ['off', 'off'],
  ])('takes introspection: %j for %s', (introspection, expected) => {
    expect(configOf({ introspection }).introspection).toBe(expected);
  });

  test('shows the schema only to those who say who they are where that can be told', () => {
    const users = { auth: { tokensFile: 'tokens.txt' }, roles: { bindings: [] } };
    expect(configOf(users).introspection).toBe('authenticated');
    expect(configOf({ ...users, introspection: 'on' }).introspection).toBe('on');
  });

  test.each<[object, RegExp]>([
    [{ limits: { cost: 0 } }, /limits\.cost: found 0; allowed is a whole number from 1 to 1000000000/],
    [{ limits: { principal: { perSecond: 1 } } }, /limits\.principal: unknown key "perSecond"/],
    [{ hosts: ['https://brokers.example.org'] }, /hosts\[0\]: found .*; allowed is a host name such as/],
    [{ cors: { origins: ['*'] } }, /cors\.origins\[0\]: found "\*"; allowed is the origin of a page such as/],
    [{ cors: { origins: ['https://a.example/'] } }, /cors\.origins\[0\]/],
    [{ introspection: 'sometimes' }, /introspection: found "sometimes"; allowed is "on", "authenticated"/],
    [
      { persistedDocuments: { mode: 'some' } },
      /persistedDocuments\.mode: found "some"; allowed is one of only, allow, off/,
    ],
  ])('%j is refused with what is allowed', (more, message) => {
    expect(() => configOf(more)).toThrow(message);
  });
});
