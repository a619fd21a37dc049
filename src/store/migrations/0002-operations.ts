import { sql } from 'kysely';

// The operations of an installation: what was accepted, who carries it out, how it stands.

/** The statements of this migration, in their order. */
export const operations = [
  sql`
    create table operation (
      local_id text primary key,
      number bigint generated always as identity,
      kind text not null,
      state text not null check (state in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
      serial_key text,
      parent text,
      actor text not null,
      idempotency_key text not null,
      input_hash text not null,
      action json,
      content jsonb not null,
      revision bigint not null,
      begun boolean not null default false,
      cancel_requested boolean not null default false,
      owner text,
      epoch bigint not null default 0,
      lease_until timestamptz not null default '-infinity',
      finished_at timestamptz
    )`,
  // The parts of a bulk are known by their parent; only what somebody asked for has a key of its own.
  sql`create unique index operation_key on operation (actor, idempotency_key) where parent is null`,
  sql`create index operation_open on operation (number) where state in ('QUEUED', 'RUNNING')`,
  sql`create index operation_serial on operation (serial_key, number) where state in ('QUEUED', 'RUNNING')`,
  sql`create index operation_parent on operation (parent) where parent is not null`,
  sql`create index operation_finished on operation (finished_at) where finished_at is not null`,
];
