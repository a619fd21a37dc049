import { sql, type RawBuilder } from 'kysely';

import type { Database } from './database.ts';
import { feed } from './migrations/0001-feed.ts';
import { operations } from './migrations/0002-operations.ts';
import { feedRetention } from './migrations/0003-feed-retention.ts';
import { snapshotPaces } from './migrations/0004-snapshot-paces.ts';
import { audit } from './migrations/0005-audit.ts';

// Brings a database to the schema of this program: forward only, each migration once, whichever broker comes first. Older
// brokers go on with a newer schema, so a migration only ever adds what they do not mind.

/** By name, in their order. A name that was released is never changed. */
const migrations: readonly (readonly [name: string, statements: readonly RawBuilder<unknown>[]])[] = [
  ['0001-feed', feed],
  ['0002-operations', operations],
  ['0003-feed-retention', feedRetention],
  ['0004-snapshot-paces', snapshotPaces],
  ['0005-audit', audit],
];

/** Any number that nothing else in this database locks: "sitewide" on a telephone's keys. */
const lockKey = 74839433;
/** Several brokers that start at once wait for the first one's migrations. */
const migrationTimeoutMs = 10_000;

/**
 * Makes the migrations that are missing; gives their names.
 * @throws SitewideError `STORE_UNAVAILABLE`, or the signal's reason.
 */
export async function migrate(database: Database, signal: AbortSignal): Promise<readonly string[]> {
  return database.transaction({ signal, timeoutMs: migrationTimeoutMs }, async (queries) => {
    await sql`select pg_advisory_xact_lock(${lockKey})`.execute(queries);
    await sql`
      create table if not exists migration (name text primary key, made_at timestamptz not null default now())
    `.execute(queries);
    const made = await queries.selectFrom('migration').select('name').execute();
    const missing = migrations.filter(([name]) => !made.some((row) => row.name === name));
    for (const [name, statements] of missing) {
      for (const statement of statements) {
        await statement.execute(queries);
      }
      await queries.insertInto('migration').values({ name }).execute();
    }
    return missing.map(([name]) => name);
  });
}
