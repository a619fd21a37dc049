import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { SitewideError } from '../../../src/core/errors.ts';
import { loadConfig, parseConfig } from '../../../src/config/config.ts';

const site = `
site:
  id: lyon
  installations:
    - id: lyon-a
      brokers:
        - { id: lyon-a-1, url: "http://127.0.0.1:4000/" }
        - { id: lyon-a-2, url: "http://127.0.0.1:4001" }
    - { id: lyon-b, brokers: [{ id: lyon-b-1, url: "http://127.0.0.1:4002" }] }
`;
const place = `
installation: lyon-a
broker: lyon-a-2
`;
const driver = `
driver: { kind: simulator, url: "http://127.0.0.1:5000" }
`;
const whole = site + place + driver;
const oslo = `
  sites:
    - id: oslo
      installations: [{ id: oslo-a, brokers: [{ id: a-1, url: "http://127.0.0.1:4100" }] }]
`;
const federated = `${whole}federation:${oslo}`;

/** The problem of a configuration, as its user sees it. */
function problem(text: string, env: Record<string, string> = {}): string {
  try {
    parseConfig(text, { file: 'broker.yml', env });
  } catch (thrown) {
    if (thrown instanceof SitewideError) {
      return `${thrown.code} ${thrown.message}`;
    }
    throw thrown;
  }
  return 'none';
}

describe('a configuration', () => {
  test('that says only what it must is filled in with defaults', () => {
    expect(parseConfig(whole, { file: 'broker.yml' })).toMatchObject({
      file: 'broker.yml',
      listen: { host: '127.0.0.1', port: 4001 },
      timeouts: { defaultMs: 5_000, maximumMs: 60_000, drainMs: 10_000 },
      limits: { bodyBytes: 1_048_576, depth: 20, aliases: 50, tokens: 10_000 },
      log: { level: 'info' },
      introspection: 'on',
      subgraphs: [],
      site: { installations: [{ brokers: [{ url: 'http://127.0.0.1:4000' }, {}] }, {}] },
    });
  });

  test('listens on loopback even if its address is another, unless it says where', () => {
    const elsewhere = whole.replaceAll('127.0.0.1', 'broker.lyon.example');
    expect(parseConfig(elsewhere, { file: 'f' }).listen).toEqual({ host: '127.0.0.1', port: 4001 });
    const said = `${elsewhere}\nlisten: { host: '::1', port: 80 }`;
    expect(parseConfig(said, { file: 'f' }).listen).toEqual({ host: '::1', port: 80 });
  });

  test('keeps a broker without certificates to its own machine', () => {
    expect(problem(`${whole}listen: { host: 0.0.0.0 }`)).toBe(
      'CONFIG_INVALID broker.yml: listen.host: found "0.0.0.0"; without "tls" only this machine may come in, for example at 127.0.0.1',
    );
    expect(problem(whole.replaceAll('http://127', 'https://127'))).toContain(
      'without "tls" all of them begin with http://',
    );
    expect(problem(`${whole}listen: { peers: { port: 4443 } }`)).toBe(
      'CONFIG_INVALID broker.yml: listen.peers: found it without "tls", which it needs',
    );
  });

  test('with an alias of nothing is no YAML', () => {
    expect(problem('site: *lyon')).toMatch(/^CONFIG_INVALID broker\.yml: not YAML: Unresolved alias .*: lyon$/);
  });

  test('is open to everybody who reaches it only if that is said', () => {
    const tls = 'tls: { certificate: a.crt, key: a.key, authorities: [ca.crt] }\n';
    const text = `${whole.replace(/(url: "?'?)http:/g, '$1https:')}${tls}`;
    expect(problem(`${text}listen: { host: 0.0.0.0 }`)).toContain('found "0.0.0.0" without "auth"');
    expect(problem(`${text}listen: { host: 0.0.0.0, open: true }`)).toBe('none');
    expect(problem(text)).toBe('none');
  });

  test('has two ways in with certificates, and finds those beside its file', () => {
    const tls = 'tls: { certificate: a.crt, key: a.key, authorities: [/etc/ca.crt] }';
    const text = `${whole.replace(/(url: "?'?)http:/g, '$1https:')}${tls}`;
    const config = parseConfig(text, { file: '/etc/sitewide/b.yml' });
    expect([config.listen, config.peers?.host]).toEqual([{ host: '127.0.0.1', port: 8443 }, '127.0.0.1']);
    expect(config.tls).toEqual({
      certificate: '/etc/sitewide/a.crt',
      key: '/etc/sitewide/a.key',
      authorities: ['/etc/ca.crt'],
      revoked: [],
    });
    expect(problem(`${whole}${tls}`)).toContain('with "tls" all of them begin with https://');
  });

  test('gives way to the environment', () => {
    const env = { SITEWIDE_LISTEN_HOST: '127.0.0.2', SITEWIDE_LISTEN_PORT: '9', SITEWIDE_LOG_LEVEL: 'debug' };
    const config = parseConfig(whole, { file: 'f', env });
    expect([config.listen, config.log.level]).toEqual([{ host: '127.0.0.2', port: 9 }, 'debug']);
  });

  test.each(['mysql://u:planted@db/x', 'mysql://u:pl@planted@db/x', 'mysql://u:pl/planted@db/x', 'db:u:planted@db'])(
    'does not repeat the password of the wrong database %s',
    (url) => {
      const message = problem(`${whole}database: { url: "${url}" }`);
      expect(message).toContain('database.url');
      expect(message).not.toContain('planted');
    },
  );

  test('has a database if the file or the environment names one', () => {
    const named = `${whole}database: { url: "postgres://db/lyon-a" }`;
    const databaseOf = (text: string, env = {}) => parseConfig(text, { file: 'f', env }).database;
    expect(databaseOf(whole)).toBeNull();
    expect(databaseOf(named)).toEqual({ url: 'postgres://db/lyon-a' });
    expect(databaseOf(named, { DATABASE_URL: 'postgresql:///b' })).toEqual({ url: 'postgresql:///b' });
  });

  test('may have its site in a file of its own', () => {
    const readText = (file: string) =>
      file === '/etc/sitewide/site.yml' ? site.replace('site:', '').replace(/^ {2}/gm, '') : '';
    const config = parseConfig(`siteFile: site.yml${place}${driver}`, { file: '/etc/sitewide/broker.yml', readText });
    expect(config.site.id).toBe('lyon');
  });

  test('knows the other sites, and brokers of different sites may have the same id', () => {
    const { federation } = parseConfig(federated.replace('id: a-1', 'id: lyon-a-1'), { file: 'f' });
    expect(federation.hedging).toBe(true);
    expect(federation.sites.map(({ id }) => id)).toEqual(['oslo']);
  });

  test('knows no other site if it names none', () => {
    expect(parseConfig(whole, { file: 'f' }).federation).toEqual({ sites: [], hedging: true });
  });

  test('may be the same at all sites: the own one is found in the file that all brokers share', () => {
    const sites = [
      { id: 'oslo', installations: [{ id: 'oslo-a', brokers: [{ id: 'a-1', url: 'http://10.0.0.1:4000' }] }] },
      { id: 'lyon', installations: [{ id: 'lyon-a', brokers: [{ id: 'lyon-a-2', url: 'http://10.1.0.1:4000' }] }] },
    ];
    const text = JSON.stringify({ sites });
    const readText = (file: string): string => (file === '/etc/sitewide/federation.yml' ? text : '');
    const options = { file: '/etc/sitewide/broker.yml', readText };
    const config = parseConfig(`federationFile: federation.yml${place}${driver}`, options);
    expect(config.site.id).toBe('lyon');
    expect(config.federation.sites.map(({ id }) => id)).toEqual(['oslo']);
    expect(config.files).toEqual(['/etc/sitewide/broker.yml', '/etc/sitewide/federation.yml']);
  });
});

describe('a wrong configuration is refused', () => {
  test('with all its problems at once, each with its place, what was found and what is allowed', () => {
    const text = `${whole}\nlimits: { bodybytes: 1, depth: 0 }\nlog: { level: loud }\nintrospecton: false`;
    expect(problem(text).split('\n')).toEqual([
      'CONFIG_INVALID broker.yml: ',
      '  limits.depth: found 0; allowed is a whole number from 1 to 200',
      '  limits: unknown key "bodybytes"; did you mean "bodyBytes"? (known keys: bodyBytes, depth, aliases, rootFields, fields, directives, cost, tokens, principal, concurrent, queue, unsentBytes, streams)',
      '  log.level: found "loud"; allowed is one of trace, debug, info, warn, error, fatal, silent',
      expect.stringContaining('unknown key "introspecton"; did you mean "introspection"?'),
    ]);
  });

  test.each([
    ['no YAML', 'a: [', 'not YAML'],
    ['a key twice', `${whole}broker: lyon-a-1`, 'Map keys must be unique'],
    ['nothing', '', 'found null; allowed is a mapping'],
    ['a wrong driver kind', whole.replace('simulator', 'vmware'), 'driver.kind: found "vmware"; allowed is a driver'],
    ['no driver', site + place, 'driver: missing; allowed is a driver'],
    ['a simulator without address', whole.replace('url: "http://127.0.0.1:5000"', ''), 'driver.url: missing'],
    [
      'a wrong libvirt uri',
      `${site}${place}driver: { kind: libvirt, uri: /run/sock }`,
      'driver.uri: found "/run/sock"; allowed is a libvirt uri',
    ],
    ['an id with a bar', whole.replaceAll('lyon-a', 'lyon|a'), 'found "lyon|a"; allowed is an id'],
    [
      'an unknown installation',
      whole.replace('installation: lyon-a', 'installation: lyon-x'),
      'installation: found "lyon-x", which site "lyon" does not have; did you mean "lyon-a"?',
    ],
    [
      "another installation's broker",
      whole.replace('broker: lyon-a-2', 'broker: lyon-b-1'),
      'broker: found "lyon-b-1", which installation "lyon-a" does not have',
    ],
    ['a broker id twice', whole.replace('id: lyon-b-1', 'id: lyon-a-1'), 'broker id "lyon-a-1" occurs more than once'],
    [
      'a broker address twice',
      whole.replace(':4002', ':4000'),
      'broker url "http://127.0.0.1:4000" occurs more than once',
    ],
    ['a broker address with a path', whole.replace(':4002', ':4002/graphql'), 'allowed is the address of a broker'],
    [
      'no brokers',
      whole.replace(/\[\{ id: lyon-b-1.*\}\]/, '[]'),
      'brokers: found an empty list; allowed is a list of brokers',
    ],
    ['no site', place + driver, 'found neither of "site" and "siteFile"'],
    ['two sites', `${whole}siteFile: x.yml`, 'found both of "site" and "siteFile"'],
    ['a site file that is not there', `siteFile: nothing.yml${place}${driver}`, 'nothing.yml: cannot be read'],
    [
      'a default beyond the maximum',
      `${whole}timeouts: { maximumMs: 100 }`,
      'timeouts.defaultMs: found 5000; allowed is at most',
    ],
    [
      'a subgraph twice',
      `${whole}subgraphs: [{ name: a, url: "http://h/" }, { name: a, url: "http://h/" }]`,
      'name "a" occurs more than once',
    ],
    [
      'another site at an own address',
      federated.replace(':4100', ':4001'),
      'broker "a-1" has the url "http://127.0.0.1:4001", where this broker listens itself',
    ],
    ['a federation twice', `${federated}federationFile: f.yml`, 'found both of "federation" and "federationFile"'],
    ['a site without installations', federated.replace(/installations: \[\{ id: oslo.*/, ''), 'federation.sites'],
  ])('%s', (_, text, expected) => {
    expect(problem(text)).toContain(expected);
    expect(problem(text)).toMatch(/^CONFIG_INVALID /);
  });

  test('if an installation occurs twice, by its own code', () => {
    expect(problem(whole.replace('id: lyon-b,', 'id: lyon-a,'))).toBe(
      'DUPLICATE_INSTALLATION Installation "lyon-a" is configured more than once: broker.yml lists it more than once in site "lyon".',
    );
  });

  test('if it occurs at two sites, by name', () => {
    expect(problem(federated.replace('oslo-a', 'lyon-b'))).toBe(
      'DUPLICATE_INSTALLATION Installation "lyon-b" is configured more than once: broker.yml lists it in site "lyon" and in site "oslo".',
    );
  });

  test('without showing a password', () => {
    expect(problem(whole.replace('http://127.0.0.1:5000', 'ftp://me:secret@host'))).not.toContain('secret');
  });

  test('if the environment is wrong', () => {
    expect(problem(whole, { SITEWIDE_LISTEN_PORT: '70000' })).toContain('SITEWIDE_LISTEN_PORT: found "70000"');
    expect(problem(whole, { SITEWIDE_LOG_LEVEL: 'loud' })).toContain('SITEWIDE_LOG_LEVEL: found "loud"');
    expect(problem(whole, { DATABASE_URL: 'mysql://me:secret@db/a' })).toMatch(
      /^CONFIG_INVALID.*DATABASE_URL(?!.*secret)/,
    );
  });

  test('if its file cannot be read', async () => {
    await expect(loadConfig('/nowhere/broker.yml', {})).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('the examples', () => {
  const folder = fileURLToPath(new URL('../../../examples/libvirt-site/', import.meta.url));
  const brokers = readdirSync(folder).filter((name) => name.startsWith('broker-'));

  test('are there for every broker of the site', async () => {
    const { site: example } = await loadConfig(join(folder, brokers[0]!), {});
    const ids = example.installations.flatMap((installation) =>
      installation.brokers.map(({ id }) => `broker-${id.replace('lyon-', '')}.yml`),
    );
    expect(brokers.sort()).toEqual(ids.sort());
  });

  test.each(brokers)('%s is a configuration', async (name) => {
    const config = await loadConfig(join(folder, name), {});
    expect(config.driver.kind).toBe('libvirt');
  });

  test.each([
    ['lyon-a', 'lyon', 'oslo'],
    ['oslo-a', 'oslo', 'lyon'],
  ])('that of two sites gives a broker of %s its own site, and the other one', async (installation, own, other) => {
    const file = fileURLToPath(new URL(`../../../examples/two-sites/broker-${installation}-1.yml`, import.meta.url));
    const { site, federation } = await loadConfig(file, {});
    expect([site.id, federation.sites.map(({ id }) => id)]).toEqual([own, [other]]);
  });
});
