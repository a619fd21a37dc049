import { sql } from 'kysely';

// The feed of an installation: who watches, the numbered changes, the last snapshot.

/** The statements of this migration, in their order. */
export const feed = [
  sql`
    create table watch (
      singleton boolean primary key default true check (singleton),
      owner text,
      epoch bigint not null default 0,
      expires_at timestamptz not null default '-infinity',
      state text not null default 'STARTING' check (state in ('STARTING', 'WATCHING', 'LOST')),
      message text,
      confirmed_at timestamptz
    )`,
  sql`
    create table feed_head (
      singleton boolean primary key default true check (singleton),
      installation text not null,
      feed uuid not null default gen_random_uuid(),
      revision bigint not null default 0,
      changes bigint not null default 0,
      kept_after bigint not null default 0,
      snapshot_epoch bigint,
      snapshot_revision bigint,
      snapshot_changes bigint
    )`,
  // JSON as text, not jsonb: it is only ever read whole, and keeps the order of keys.
  sql`
    create table feed_change (
      revision bigint not null,
      part integer not null,
      changes json not null,
      changes_until bigint not null,
      committed_at timestamptz not null default now(),
      primary key (revision, part)
    )`,
  // The epoch is part of the key, so that a watcher that was replaced in the middle of writing is in nobody's way.
  sql`
    create table snapshot_part (
      epoch bigint not null,
      revision bigint not null,
      part integer not null,
      content json not null,
      primary key (epoch, revision, part)
    )`,
];
