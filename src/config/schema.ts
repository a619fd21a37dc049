import { isIP } from 'node:net';

import { z } from 'zod';

import { defaultTimeoutMs, maximumTimeoutMs } from '../core/deadline.ts';
import { authSchema } from './auth-schema.ts';
import { cors, hosts, introspection, limits, persistedDocuments } from './limits-schema.ts';
import { rolesSchema } from './roles-schema.ts';
import { integer, isHttpUrl, strict, text } from './rules.ts';
import { tlsSchema } from './tls-schema.ts';

// The shape of the YAML file of `sitewide serve`. The message of each rule says what is allowed; read-yaml.ts puts
// before it where the value stands and what was found. Rules that concern several keys are in check-site.ts.

/** What ids look like: they are parts of source names and global ids, so neither ":" nor "|" may occur. */
const idPattern = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

const id = z
  .string({ error: () => 'an id of small letters, digits, "." and "-", beginning and ending with a letter or digit' })
  .max(64, { error: () => 'an id of at most 64 characters' })
  .regex(idPattern, {
    error: () => 'an id of small letters, digits, "." and "-", beginning and ending with a letter or digit',
  });

/** What an address of a database has to be. */
export const databaseUrl =
  'the address of a PostgreSQL database such as "postgres://user:password@127.0.0.1:5432/lyon-a"';

const label = text('a name of 1 to 200 characters').min(1).max(200);

const baseUrl = text('the address of a broker such as "http://127.0.0.1:4000", without path, query and password')
  .refine(isBaseUrl)
  .transform((url) => new URL(url).origin);

const broker = strict({ id, url: baseUrl });

const installation = strict({
  id,
  name: label.optional(),
  brokers: z.array(broker, { error: () => 'a list of brokers, each with "id" and "url"' }).min(1),
});

/** A site: the content of `site`, or of the file that `siteFile` names. */
export const siteSchema = strict({
  id,
  name: label.optional(),
  installations: z.array(installation, { error: () => 'a list of installations, each with "id" and "brokers"' }).min(1),
});

/** A site among the others, and whether what it says of its users counts. */
const otherSite = siteSchema.extend({
  assertions: z.enum(['allow', 'refuse'], { error: () => '"allow" or "refuse"' }).optional(),
});

/** The other sites: the content of `federation`, or of the file that `federationFile` names. */
export const federationSchema = strict({
  sites: z.array(otherSite, { error: () => 'a list of sites, each with "id" and "installations"' }).default([]),
  hedging: z.boolean({ error: () => 'true or false' }).default(true),
});

const driver = z.discriminatedUnion(
  'kind',
  [
    strict({
      kind: z.literal('simulator'),
      url: text('the http address of a simulator such as "http://127.0.0.1:5000"').refine(isHttpUrl),
    }),
    strict({
      kind: z.literal('libvirt'),
      uri: text(
        'a libvirt uri such as "qemu:///system" or "qemu+unix:///session?socket=/run/user/1000/libvirt/libvirt-sock"',
      ).regex(/^[a-z]+(\+[a-z]+)?:\/\/[^/\s]*\/\S*$/),
      statsIntervalMs: integer(500, 3_600_000).default(5_000),
    }),
  ],
  { error: () => 'a driver with "kind": "simulator" (with "url") or "libvirt" (with "uri")' },
);

const subgraph = strict({
  name: id,
  url: text('the http address of a GraphQL subgraph, without user and password').refine(isPlainUrl),
  pollIntervalMs: integer(1_000, 86_400_000).default(30_000),
});

const listen = strict({
  host: text('an IP address or a host name').refine(isHost).optional(),
  port: integer(0, 65_535).optional(),
  open: z.boolean({ error: () => 'true or false' }).default(false),
  peers: strict({
    host: text('an IP address or a host name').refine(isHost).optional(),
    port: integer(0, 65_535).optional(),
  }).optional(),
});

const database = strict({
  url: text(databaseUrl).refine(isDatabaseUrl),
});

// The least is what a broker replays at a start in a moment; the most is a table of some gigabytes.
const feed = strict({
  keepChanges: integer(1_000, 100_000_000).default(500_000),
});

const timeouts = strict({
  defaultMs: integer(1, maximumTimeoutMs).default(defaultTimeoutMs),
  maximumMs: integer(1, maximumTimeoutMs).default(maximumTimeoutMs),
  drainMs: integer(0, 600_000).default(10_000),
  headersMs: integer(100, 600_000).default(10_000),
  bodyMs: integer(100, 600_000).default(30_000),
  stallMs: integer(100, 600_000).default(10_000),
  initMs: integer(100, 600_000).default(3_000),
  pingMs: integer(100, 600_000).default(10_000),
});

const dayMs = 86_400_000;

const operations = strict({
  concurrent: integer(1, 1_000).default(16),
  timeoutMs: integer(1_000, 7 * dayMs).default(600_000),
  keepMs: integer(60_000, 3_650 * dayMs).default(7 * dayMs),
  keepMost: integer(100, 100_000).default(10_000),
});

const audit = strict({
  keepMs: integer(dayMs, 36_500 * dayMs).default(365 * dayMs),
});

/** The words for how much is logged, from most to nothing. */
export const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const log = strict({
  level: z.enum(levels, { error: () => `one of ${levels.join(', ')}` }).default('info'),
});

/** The whole file. */
export const fileSchema = strict({
  site: siteSchema.optional(),
  siteFile: text('the name of a YAML file with the content of "site"').min(1).optional(),
  federation: federationSchema.optional(),
  federationFile: text('the name of a YAML file with the content of "federation"').min(1).optional(),
  roles: rolesSchema.optional(),
  rolesFile: text('the name of a YAML file with the content of "roles"').min(1).optional(),
  installation: id,
  broker: id,
  listen: listen.prefault({}),
  tls: tlsSchema.optional(),
  auth: authSchema.optional(),
  driver,
  database: database.optional(),
  feed: feed.prefault({}),
  conduits: z.boolean({ error: () => 'true or false' }).default(true),
  subgraphs: z.array(subgraph, { error: () => 'a list of subgraphs, each with "name" and "url"' }).default([]),
  limits: limits.prefault({}),
  hosts: hosts.default([]),
  cors: cors.prefault({}),
  timeouts: timeouts.prefault({}),
  operations: operations.prefault({}),
  audit: audit.prefault({}),
  log: log.prefault({}),
  introspection: introspection.optional(),
  persistedDocuments: persistedDocuments.prefault({}),
});

/** A site as configured. */
export type SiteConfig = z.output<typeof siteSchema>;
/** The other sites, and how they are asked. */
export type FederationConfig = z.output<typeof federationSchema>;
/** The driver of a broker: which kind, and what that kind needs. */
export type DriverConfig = z.output<typeof driver>;
/** One of the operator's further subgraphs. */
export type SubgraphConfig = z.output<typeof subgraph>;
/** What a broker does of operations at most, and how long their history is kept. */
export type OperationsConfig = z.output<typeof operations>;
/** How long things may take, in milliseconds. */
export type TimeoutsConfig = z.output<typeof timeouts>;
/** The words for how much is logged. */
export type LogLevel = z.output<typeof log>['level'];

/** Whether it is one that a PostgreSQL client understands. */
export function isDatabaseUrl(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.protocol === 'postgres:' || url.protocol === 'postgresql:');
}

/** What is in an address ends up in logs. */
function isPlainUrl(value: string): boolean {
  const url = URL.parse(value);
  return isHttpUrl(value) && url?.username === '' && url.password === '';
}

function isBaseUrl(value: string): boolean {
  const url = URL.parse(value);
  return isHttpUrl(value) && url !== null && url.href === `${url.origin}/`;
}

function isHost(value: string): boolean {
  return isIP(value) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(value);
}
