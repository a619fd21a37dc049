import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { messageOf, SitewideError } from '../core/errors.ts';
import { readEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import {
  brokerProblems,
  defaultPort,
  placeProblems,
  refuseDuplicateInstallations,
  selfProblems,
} from './check-site.ts';
import { readYaml } from './read-yaml.ts';
import type { Reading } from './read-yaml.ts';
import { fileSchema, siteSchema } from './schema.ts';
import type {
  DriverConfig,
  LimitsConfig,
  LogLevel,
  OperationsConfig,
  SiteConfig,
  SubgraphConfig,
  TimeoutsConfig,
} from './schema.ts';
import type { z } from 'zod';

// The configuration of one broker: the YAML file, then the environment over it. It only reads and checks; nothing is
// connected and no port is tried here.

/** The configuration of one broker, with every default filled in. */
export interface Config {
  /** The file it was read from, for messages. */
  readonly file: string;
  /** Every file it was read from: `file`, and the one that `siteFile` names. */
  readonly files: readonly string[];
  readonly site: SiteConfig;
  /** The id of the installation this broker serves; it is one of the site. */
  readonly installation: string;
  /** The id of this broker; it is one of the installation. */
  readonly broker: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly driver: DriverConfig;
  /** The database that the brokers of this installation share; null: this broker keeps its inventory by itself. */
  readonly database: { readonly url: string } | null;
  /** How many changes the database keeps at least, for streams that go on after a while. */
  readonly feed: { readonly keepChanges: number };
  readonly subgraphs: readonly SubgraphConfig[];
  readonly limits: LimitsConfig;
  readonly timeouts: TimeoutsConfig;
  readonly operations: OperationsConfig;
  readonly log: { readonly level: LogLevel };
  readonly introspection: boolean;
}

interface ParseOptions {
  /** Its name is in every message, and `siteFile` is looked up beside it. */
  readonly file: string;
  readonly env?: Environment;
  /** Reads the file that `siteFile` names. */
  readonly readText?: (file: string) => string;
}

/**
 * Reads the configuration of a broker.
 * @throws SitewideError `CONFIG_INVALID` with all problems at once, or `DUPLICATE_INSTALLATION`.
 */
export async function loadConfig(file: string, env: Environment): Promise<Config> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    throw unreadable(file, thrown);
  }
  return parseConfig(text, { file, env });
}

/**
 * The configuration that a YAML text makes.
 * @throws SitewideError as {@link loadConfig}.
 */
export function parseConfig(text: string, options: ParseOptions): Config {
  const { file, env = {} } = options;
  const raw = valueOf(readYaml(text, fileSchema), file);
  const site = siteOf(raw, options);
  const files = raw.siteFile === undefined ? [file] : [file, siteFileOf(raw.siteFile, file)];
  refuseDuplicateInstallations(site, files.at(-1)!);
  const problems = [
    ...brokerProblems(site),
    ...placeProblems(site, raw.installation, raw.broker),
    ...timeoutProblems(raw.timeouts),
    ...subgraphProblems(raw.subgraphs),
  ];
  if (problems.length > 0) {
    throw invalid(file, problems);
  }
  const { siteFile: _, listen, log, ...rest } = raw;
  const { host, port, level, databaseUrl } = readEnvironment(env);
  const listening = { host: host ?? listen.host ?? loopback, port: port ?? portOf(raw, site) };
  const loops = selfProblems(site, raw.broker, listening);
  if (loops.length > 0) {
    throw invalid(file, loops);
  }
  return {
    ...rest,
    database: databaseUrl === undefined ? (rest.database ?? null) : { url: databaseUrl },
    file,
    files,
    site,
    listen: listening,
    log: { level: level ?? log.level },
  };
}

/** Who does not say where to listen is reachable from this machine only. */
const loopback = '127.0.0.1';

type FileContent = z.output<typeof fileSchema>;

function siteOf(raw: FileContent, { file, readText = (name) => readFileSync(name, 'utf8') }: ParseOptions): SiteConfig {
  if (raw.site !== undefined && raw.siteFile === undefined) {
    return raw.site;
  }
  if (raw.siteFile === undefined || raw.site !== undefined) {
    const found = raw.site === undefined ? 'neither' : 'both';
    throw invalid(file, [`site: found ${found} of "site" and "siteFile"; allowed is exactly one of them`]);
  }
  const siteFile = siteFileOf(raw.siteFile, file);
  let text: string;
  try {
    text = readText(siteFile);
  } catch (thrown) {
    throw unreadable(siteFile, thrown);
  }
  return valueOf(readYaml(text, siteSchema), siteFile);
}

function siteFileOf(siteFile: string, file: string): string {
  return resolve(dirname(file), siteFile);
}

/** The port of the file, or else that of the broker's address. */
function portOf({ listen, installation, broker }: FileContent, site: SiteConfig): number {
  if (listen.port !== undefined) {
    return listen.port;
  }
  const own = site.installations.find(({ id }) => id === installation)?.brokers.find(({ id }) => id === broker);
  const url = new URL(own!.url);
  return url.port === '' ? defaultPort(url.protocol) : Number(url.port);
}

function timeoutProblems({ defaultMs, maximumMs }: TimeoutsConfig): string[] {
  return defaultMs <= maximumMs
    ? []
    : [`timeouts.defaultMs: found ${defaultMs}; allowed is at most timeouts.maximumMs, which is ${maximumMs}`];
}

function subgraphProblems(subgraphs: readonly SubgraphConfig[]): string[] {
  const names = subgraphs.map(({ name }) => name);
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].map(
    (name) => `subgraphs: name "${name}" occurs more than once; each subgraph needs a name of its own`,
  );
}

function valueOf<Value>(reading: Reading<Value>, file: string): Value {
  if ('problems' in reading) {
    throw invalid(file, reading.problems);
  }
  return reading.value;
}

function unreadable(file: string, thrown: unknown): SitewideError {
  return new SitewideError(
    'CONFIG_INVALID',
    { file, problem: `cannot be read: ${messageOf(thrown)}` },
    { cause: thrown },
  );
}

/** The error for these problems. */
export function invalid(file: string, problems: readonly string[]): SitewideError {
  const problem = problems.length === 1 ? problems[0]! : ['', ...problems].join('\n  ');
  return new SitewideError('CONFIG_INVALID', { file, problem });
}
