import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

import { loadMaterial } from '../../src/auth/certificate/material.ts';
import { simulateCommand } from '../../src/commands/simulate.ts';
import { serveCommand } from '../../src/commands/serve.ts';
import { loadConfig } from '../../src/config/config.ts';
import { resolveTls } from '../../src/config/tls-schema.ts';

// What docker/ says about the project is true of the project. No container engine is needed to know that.

interface Service {
  readonly image?: string;
  readonly command: readonly string[];
  readonly build: { readonly context: string; readonly dockerfile: string };
  readonly entrypoint?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const dockerfile = readFileSync(join(root, 'docker/Dockerfile'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const compose = parse(readFileSync(join(root, 'docker/compose.yml'), 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
};
const allServices = Object.entries(compose.services).filter(([name]) => name !== 'certificates');
const services = allServices.filter(([, { image }]) => image === 'sitewide');
const brokers = services.filter(([, { command }]) => command[0] === 'serve');
const simulators = services.filter(([, { command }]) => command[0] === 'simulate');
const databases = allServices.filter(([, { image }]) => image?.startsWith('postgres:'));
const environment = Object.fromEntries(
  instructions('ENV').map((pair) => pair.split('=') as [name: string, value: string]),
);

describe('the Dockerfile', () => {
  test('copies only what exists and what .dockerignore lets through', () => {
    const allowed = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    const copied = instructions('COPY')
      .filter((words) => !words.startsWith('--from'))
      .flatMap((words) => words.split(' ').slice(0, -1));
    expect(copied).toContain('bin');
    for (const path of copied) {
      expect([path, existsSync(join(root, path))]).toEqual([path, true]);
      expect(allowed).toContain(`!${path}`);
    }
  });

  test('takes over the modules of the stage that installs them, without those of development', () => {
    expect(dockerfile[0]).toBe('FROM node:24-bookworm-slim AS dependencies');
    expect(instructions('COPY')).toContain('--from=dependencies /app/node_modules node_modules');
    expect(instructions('RUN')[0]).toBe('npm ci --omit=dev --omit=optional');
  });

  test('runs the program of package.json as another user than root', () => {
    const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: { sitewide: string } };
    expect(instructions('ENTRYPOINT').map((words) => JSON.parse(words) as unknown)).toEqual([['node', bin.sitewide]]);
    expect(instructions('USER')).toEqual(['node']);
  });

  test('has a default command that the program understands', () => {
    const [command, ...options] = JSON.parse(instructions('CMD')[0]!) as string[];
    expect(command).toBe('serve');
    expectKnownOptions(serveCommand(), options);
  });

  test('sets only variables that the configuration or Node reads', () => {
    const reader = readFileSync(join(root, 'src/config/environment.ts'), 'utf8');
    const own = Object.keys(environment).filter((name) => name !== 'NODE_ENV');
    expect(own).not.toEqual([]);
    for (const name of own) {
      expect(reader).toContain(`env['${name}']`);
    }
  });

  test('asks for health at a path that is served, on the port that is exposed', () => {
    const check = dockerfile.find((line) => line.startsWith('HEALTHCHECK'))!;
    const [, script] = JSON.parse(check.slice(check.indexOf('['))) as string[];
    const text = readFileSync(join(root, script!), 'utf8');
    const path = /\$\{port\}(\/[\w/]+)/.exec(text)?.[1];
    expect(readFileSync(join(root, 'src/http/health.ts'), 'utf8')).toContain(`'${path}'`);
    expect(instructions('EXPOSE')).toEqual([`${environment['SITEWIDE_LISTEN_PORT']} 4443`]);
    expect(text).toContain('process.env.SITEWIDE_LISTEN_PORT');
  });
});

describe('compose.yml', () => {
  test('has two installations with two brokers each', () => {
    expect(simulators).toHaveLength(2);
    expect(brokers).toHaveLength(4);
    expect(databases).toHaveLength(2);
    expect(allServices).toHaveLength(8);
  });

  test.each(services)('%s is built from the Dockerfile', (_, { build }) => {
    const context = join(root, 'docker', build.context);
    expect(join(context, build.dockerfile)).toBe(join(root, 'docker/Dockerfile'));
    expect(existsSync(join(context, 'package.json'))).toBe(true);
  });

  test.each(services)('%s runs a command with options that the program has', (_, { command: [name, ...options] }) => {
    expectKnownOptions(name === 'serve' ? serveCommand() : simulateCommand(), options);
  });

  test.each(brokers)('%s has a configuration that fits its service', async (name, service) => {
    const config = await configOf(service);
    const own = config.site.installations
      .find(({ id }) => id === config.installation)
      ?.brokers.find(({ id }) => id === config.broker);
    expect(own?.url).toBe(`https://${name}:${config.peers?.port}`);
    expect([config.listen.host, config.peers]).toEqual(['0.0.0.0', { host: '0.0.0.0', port: 4443 }]);
    expect(service.ports?.map((port) => port.split(':').at(-1))).toEqual([String(config.listen.port)]);
  });

  test.each(brokers)('%s reaches the simulator of its installation', async (_, service) => {
    const config = await configOf(service);
    const { hostname, port } = new URL(config.driver.kind === 'simulator' ? config.driver.url : 'none:');
    const command = compose.services[hostname]?.command ?? [];
    expect(optionOf(command, '--port')).toBe(port);
    expect(optionOf(command, '--installation')).toBe(config.installation);
    expect(optionOf(command, '--host')).toBe('0.0.0.0');
  });

  test('gives the brokers of each installation a database that they share', async () => {
    const hosts = new Map<string, Set<string>>();
    for (const [, service] of brokers) {
      const { installation } = await configOf(service);
      const { hostname, port } = new URL(service.environment!['DATABASE_URL']!);
      expect([databases.map(([name]) => name).includes(hostname), port]).toEqual([true, '5432']);
      hosts.set(installation, (hosts.get(installation) ?? new Set()).add(hostname));
    }
    expect([...hosts.values()].map(({ size }) => size)).toEqual([1, 1]);
    expect(new Set([...hosts.values()].flatMap((names) => [...names])).size).toBe(2);
  });

  test('makes for each broker the certificate that its configuration names, once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sitewide-compose-'));
    try {
      const [, script] = compose.services['certificates']!.entrypoint!;
      const run = (): string => execFileSync('sh', [join(root, script!), folder], { encoding: 'utf8' });
      expect(run()).not.toBe('');
      expect(run()).toBe('');
      for (const [name, service] of brokers) {
        const { tls, site, installation, broker } = await configOf(service);
        const here = resolveTls(tls!, (file) => join(folder, basename(file)));
        const { own } = await loadMaterial(here, { site: site.id, installation, broker });
        expect(own.checkHost(name)).toBe(name);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('publishes each port once and to this machine only', () => {
    const published = brokers.flatMap(([, { ports = [] }]) =>
      ports.map((port) => port.split(':').slice(0, 2).join(':')),
    );
    expect(published).toEqual(['127.0.0.1:4000', '127.0.0.1:4001', '127.0.0.1:4002', '127.0.0.1:4003']);
  });

  test('names every broker of the site', async () => {
    const { site } = await configOf(brokers[0]![1]);
    const hosts = site.installations.flatMap((installation) => installation.brokers.map(({ url }) => new URL(url)));
    expect(hosts.map(({ hostname }) => hostname)).toEqual(brokers.map(([name]) => name));
  });

  test.each(simulators)(
    '%s is asked for its health where it answers',
    (_, { command, environment: variables = {} }) => {
      const url = new URL(variables['SITEWIDE_HEALTH_URL']!);
      expect(url.port).toBe(optionOf(command, '--port'));
      expect(readFileSync(join(root, 'src/drivers/simulator/routes.ts'), 'utf8')).toContain(`'GET ${url.pathname}'`);
      expect(readFileSync(join(root, 'docker/health.js'), 'utf8')).toContain('process.env.SITEWIDE_HEALTH_URL');
    },
  );
});

function instructions(name: string): string[] {
  return dockerfile.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
}

/** The configuration that the service's command names, with the environment of the image. */
async function configOf({ command, volumes = [] }: Service): ReturnType<typeof loadConfig> {
  const [source, target] = volumes[0]!.split(':');
  const file = optionOf(command, '--config')!;
  expect(file).toBe(`${target!}/${basename(file)}`);
  return loadConfig(join(root, 'docker', source!, basename(file)), environment);
}

function optionOf(command: readonly string[], name: string): string | undefined {
  const at = command.indexOf(name);
  return at === -1 ? undefined : command[at + 1];
}

function expectKnownOptions(command: ReturnType<typeof serveCommand>, words: readonly string[]): void {
  const known = command.options.map(({ long }) => long);
  for (const word of words.filter((candidate) => candidate.startsWith('--'))) {
    expect(known).toContain(word);
  }
}
