import { createHash } from 'node:crypto';

import pg from 'pg';

import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { clientOptions } from './database.ts';
import { createEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.ts';

// A PostgreSQL server that somebody owns: with a database for each installation, and started again whenever it ends.

interface OwnServerOptions extends EmbeddedPostgresOptions {
  /** The ids of the installations that get a database. */
  readonly installations: readonly string[];
  readonly clock: Clock;
  /** Told when the server ended by itself and when it cannot be started. */
  readonly onTrouble: (what: string) => void;
}

/** A server with an owner. Disposing it ends it; its data stay. */
export interface OwnServer extends AsyncDisposable {
  /** The address of the database of an installation. */
  urlOf(installation: string): string;
  /** The server's process; null while it does not run. */
  readonly pid: number | null;
}

/** How long until it is tried again after it could not be started, in milliseconds. */
const retryMs = 1_000;
const duplicateDatabase = '42P04';

/**
 * Starts a server and makes the databases that are missing.
 * @throws SitewideError `PROCESS_FAILED`, or the signal's reason.
 */
export async function startOwnServer(options: OwnServerOptions, signal: AbortSignal): Promise<OwnServer> {
  await using started = new AsyncDisposableStack();
  const server = started.use(await createEmbeddedPostgres(options));
  await server.start(signal);
  await abortable(createDatabases(server.url, options.installations.map(databaseName)), signal);
  const stop = new AbortController();
  const keeping = keepRunning(server, options, stop.signal);
  started.defer(async () => {
    stop.abort(new Error('The owner of the server ends.'));
    await keeping;
  });
  const everything = started.move();
  return {
    urlOf: (installation) => server.url.replace('/postgres?', `/${databaseName(installation)}?`),
    get pid() {
      return server.pid;
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

async function keepRunning(
  server: EmbeddedPostgres,
  { clock, onTrouble }: OwnServerOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await abortable(server.ended(), signal);
      onTrouble('PostgreSQL ended; it is started again.');
      await server.start(signal);
    } catch (thrown) {
      if (signal.aborted) return;
      onTrouble(String(thrown));
      await clock.sleep(retryMs, signal).catch(() => undefined);
    }
  }
}

async function createDatabases(url: string, names: readonly string[]): Promise<void> {
  const client = new pg.Client(clientOptions(url));
  // A connection that is lost fails the query; without this it would end the process as well.
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (const name of names) {
      await client.query(`create database ${pg.escapeIdentifier(name)}`).catch((thrown: unknown) => {
        if (!(thrown instanceof pg.DatabaseError) || thrown.code !== duplicateDatabase) throw thrown;
      });
    }
  } finally {
    await client.end();
  }
}

/** PostgreSQL cuts names after 63 bytes, and two long ids may begin alike. */
function databaseName(installation: string): string {
  const longest = 63;
  if (installation.length <= longest) {
    return installation;
  }
  const tag = createHash('sha256').update(installation).digest('hex').slice(0, 8);
  return `${installation.slice(0, longest - tag.length - 1)}-${tag}`;
}
