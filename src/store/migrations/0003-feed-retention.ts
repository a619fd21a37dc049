import { sql } from 'kysely';

// Changes are dropped by how many came after them; without an index that reads the whole feed each time.

/** The statements of this migration, in their order. */
export const feedRetention = [sql`create index feed_change_until on feed_change (changes_until)`];
