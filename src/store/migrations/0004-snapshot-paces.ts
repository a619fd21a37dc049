import { sql } from 'kysely';

// A broker that begins with the stored snapshot must know as well as the others when usage moved last, and when anything else.

/** The statements of this migration, in their order. */
export const snapshotPaces = [sql`alter table feed_head add column snapshot_last_changes json`];
