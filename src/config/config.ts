import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { messageOf, SitewideError } from '../core/errors.ts';
import { type AuthConfig, authProblems } from './auth-schema.ts';
import { readEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import {
  brokerProblems,
  certificateProblems,
  federationProblems,
  placeProblems,
  refuseDuplicateInstallations,
  selfProblems,
} from './check-site.ts';
import { type Listening, listeningOf } from './listening.ts';
import { readYaml } from './read-yaml.ts';
import { resolveTls, type TlsConfig } from './tls-schema.ts';
import type { Reading } from './read-yaml.ts';
import type { CorsConfig, LimitsConfig, PersistedDocumentsConfig } from './limits-schema.ts';
import { rolesProblems, rolesSchema, type RolesConfig } from './roles-schema.ts';
import { federationSchema, fileSchema, siteSchema } from './schema.ts';
import type {
  DriverConfig,
  FederationConfig,
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
  /** Every file it was read from: `file`, and those that `siteFile`, `federationFile` and `rolesFile` name. */
  readonly files: readonly string[];
  readonly site: SiteConfig;
  /** The other sites. */
  readonly federation: FederationConfig;
  /** The id of the installation this broker serves; it is one of the site. */
  readonly installation: string;
  /** The id of this broker; it is one of the installation. */
  readonly broker: string;
  /** Where clients come in, and, without certificates, other brokers as well. */
  readonly listen: Listening;
  /** Where other brokers come in; null: where clients do. */
  readonly peers: Listening | null;
  /** The files of its certificates; null: it has none. */
  readonly tls: TlsConfig | null;
  /** Whose tokens are taken; null: everybody is let in, without one. Files are named in full. */
  readonly auth: AuthConfig | null;
  /** Who may do what; null: everybody may do everything. */
  readonly roles: RolesConfig | null;
  readonly driver: DriverConfig;
  /** The database that the brokers of this installation share; null: this broker keeps its inventory by itself. */
  readonly database: { readonly url: string } | null;
  /** How many changes the database keeps at least, for streams that go on after a while. */
  readonly feed: { readonly keepChanges: number };
  /** Whether brokers of the site that are asked often are asked over a shared connection. */
  readonly conduits: boolean;
  readonly subgraphs: readonly SubgraphConfig[];
  readonly limits: LimitsConfig;
  /** Further host names by which this broker is reached, through a proxy for example. */
  readonly hosts: readonly string[];
  /** Whether only documents that are known beforehand may be asked; `file` in full. */
  readonly persistedDocuments: PersistedDocumentsConfig;
  /** The web pages of others that may ask. */
  readonly cors: CorsConfig;
  readonly timeouts: TimeoutsConfig;
  readonly operations: OperationsConfig;
  /** How long the audit trail is kept. */
  readonly audit: { readonly keepMs: number };
  readonly log: { readonly level: LogLevel };
  /** To whom the schema is shown. */
  readonly introspection: 'on' | 'authenticated' | 'off';
}

interface ParseOptions {
  /** Its name is in every message, and `siteFile` and `federationFile` are looked up beside it. */
  readonly file: string;
  readonly env?: Environment;
  /** Reads the files that `siteFile` and `federationFile` name. */
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
  const named = federationOf(raw, options);
  const site = siteOf(raw, named, options);
  const others = named.sites.filter(({ id }) => id !== site.id);
  const roles = rolesOf(raw, options);
  const files = [file, ...[raw.siteFile, raw.federationFile, raw.rolesFile].flatMap((name) => besideOf(name, file))];
  refuseDuplicateInstallations([site, ...others], files.at(-1)!);
  const problems = [
    ...brokerProblems(site),
    ...federationProblems(others),
    ...placeProblems(site, raw.installation, raw.broker),
    ...timeoutProblems(raw.timeouts),
    ...subgraphProblems(raw.subgraphs),
    ...(raw.auth ? authProblems(raw.auth) : []),
    ...(raw.auth && !raw.tls ? aloneProblems(site, others) : []),
    ...(roles === null ? [] : rolesProblems(roles, [site, ...others])),
    ...(raw.auth && roles === null ? [needsRoles] : []),
  ];
  if (problems.length > 0) {
    throw invalid(file, problems);
  }
  const { siteFile: _, federationFile: __, rolesFile: ___, log, ...rest } = raw;
  const { host, port, level, databaseUrl } = readEnvironment(env);
  const { own, peers } = listeningOf(raw, { site, host, port });
  const sites = [site, ...others];
  const loops = [
    ...sites.flatMap((one) => selfProblems(one, one === site ? raw.broker : null, peers ?? own)),
    ...certificateProblems({ sites, tls: !!raw.tls, auth: !!raw.auth, listen: own, said: raw.listen }),
  ];
  if (loops.length > 0) {
    throw invalid(file, loops);
  }
  return {
    ...rest,
    auth: raw.auth ? besideAuth(raw.auth, file) : null,
    database: databaseUrl === undefined ? (rest.database ?? null) : { url: databaseUrl },
    file,
    files,
    site,
    federation: { ...named, sites: others },
    roles,
    listen: own,
    peers,
    tls: raw.tls ? resolveTls(raw.tls, (name) => resolve(dirname(file), name)) : null,
    log: { level: level ?? log.level },
    introspection: raw.introspection ?? (raw.auth ? 'authenticated' : 'on'),
    persistedDocuments: { ...raw.persistedDocuments, file: besideOf(raw.persistedDocuments.file, file)[0] },
  };
}

type FileContent = z.output<typeof fileSchema>;

/** The own site: written out, in a file of its own, or the one of the federation that has this broker's installation. */
function siteOf(raw: FileContent, { sites }: FederationConfig, options: ParseOptions): SiteConfig {
  const { file } = options;
  if (raw.site !== undefined && raw.siteFile === undefined) {
    return raw.site;
  }
  if (raw.siteFile !== undefined && raw.site === undefined) {
    return readBeside(raw.siteFile, siteSchema, options);
  }
  const found = raw.site === undefined ? 'neither' : 'both';
  const own = sites.find(({ installations }) => installations.some(({ id }) => id === raw.installation));
  if (raw.site !== undefined || own === undefined) {
    const hint = sites.length > 0 ? `, or a site in "federation" that has installation "${raw.installation}"` : '';
    throw invalid(file, [`site: found ${found} of "site" and "siteFile"; allowed is exactly one of them${hint}`]);
  }
  return own;
}

/** The sites of the federation, among which the own one may be. */
function federationOf(raw: FileContent, options: ParseOptions): FederationConfig {
  if (raw.federation !== undefined && raw.federationFile !== undefined) {
    const problem = 'federation: found both of "federation" and "federationFile"; allowed is at most one of them';
    throw invalid(options.file, [problem]);
  }
  return raw.federationFile === undefined
    ? (raw.federation ?? { sites: [], hedging: true })
    : readBeside(raw.federationFile, federationSchema, options);
}

/** Who may do what; null if that is not said. */
function rolesOf(raw: FileContent, options: ParseOptions): RolesConfig | null {
  if (raw.roles !== undefined && raw.rolesFile !== undefined) {
    const problem = 'roles: found both of "roles" and "rolesFile"; allowed is at most one of them';
    throw invalid(options.file, [problem]);
  }
  return raw.rolesFile === undefined ? (raw.roles ?? null) : readBeside(raw.rolesFile, rolesSchema, options);
}

/** What another file says that the first one names. */
function readBeside<Value>(
  name: string,
  schema: z.ZodType<Value>,
  { file, readText = (found) => readFileSync(found, 'utf8') }: ParseOptions,
): Value {
  const [found] = besideOf(name, file) as [string];
  let text: string;
  try {
    text = readText(found);
  } catch (thrown) {
    throw unreadable(found, thrown);
  }
  return valueOf(readYaml(text, schema), found);
}

function besideOf(name: string | undefined, file: string): readonly string[] {
  return name === undefined ? [] : [resolve(dirname(file), name)];
}

/** The files of users, in full. */
function besideAuth({ issuers, tokensFile, ...auth }: AuthConfig, file: string): AuthConfig {
  const beside = (name: string | undefined): string | undefined => besideOf(name, file)[0];
  return {
    ...auth,
    tokensFile: beside(tokensFile),
    issuers: issuers.map(({ jwksFile, ...issuer }) => ({ ...issuer, jwksFile: beside(jwksFile) })),
  };
}

/** Whoever says who may come in means that not everybody may do everything. */
const needsRoles =
  'auth: found it without "roles" and "rolesFile"; one of them has to say what those who come in may do';

/** Without certificates nobody can tell a broker from somebody who says to be one, and brokers need no tokens. */
function aloneProblems(site: SiteConfig, others: readonly SiteConfig[]): string[] {
  const brokers = [site, ...others].flatMap(({ installations }) => installations.flatMap((one) => one.brokers));
  return brokers.length === 1
    ? []
    : ['auth: found it without "tls"; allowed is that only for a broker that has no others to speak with'];
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
