import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';

import { createEmbeddedPostgres, type EmbeddedPostgres } from '../../src/store/embedded-postgres.ts';

// A PostgreSQL server for tests, with as many databases as they want.

/** A server that runs. Disposing it ends it and removes its data. */
export interface TestPostgres extends AsyncDisposable {
  readonly server: EmbeddedPostgres;
  /** Makes an empty database; gives its address. */
  newDatabase(): Promise<string>;
}

/** Starts a server. */
export async function startPostgres(): Promise<TestPostgres> {
  await using started = new AsyncDisposableStack();
  // The binaries lie beside the data, and one copy of them does for all tests.
  const data = `data-${randomUUID()}`;
  const server = await createEmbeddedPostgres({ folder: join(tmpdir(), 'sitewide-test'), data });
  started.defer(() => rm(join(server.folder, data), { recursive: true, force: true }));
  started.use(server);
  await server.start(AbortSignal.timeout(30_000));
  let databases = 0;
  const everything = started.move();
  return {
    server,
    async newDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      await ask(server.url, `create database ${name}`);
      return server.url.replace('/postgres?', `/${name}?`);
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/** The rows of one statement, on a connection of its own. */
export async function ask<Row>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query(statement);
    return rows as Row[];
  } finally {
    await client.end();
  }
}
