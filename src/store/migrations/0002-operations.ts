import { sql } from 'kysely';

// The operations of an installation: what was accepted, who is at it, how far it is.

/** The statements of this migration, in their order. */
export const operations = [
  // What the feed says of an operation is `content`; what queries need of it is generated, so that the two cannot differ.
  sql`
    create table operation (
      local_id text primary key,
      position bigint not null generated always as identity,
      serial_key text,
      action json,
      input_hash text not null,
      owner text,
      epoch bigint not null default 0,
      lease_until timestamptz,
      begun boolean not null default false,
      revision bigint not null,
      content jsonb not null,
      kind text not null generated always as (content ->> 'kind') stored,
      state text not null generated always as (content ->> 'state') stored
        check (state in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
      parent text generated always as (content ->> 'parent') stored,
      actor text not null generated always as (content ->> 'actor') stored,
      idempotency_key text not null generated always as (content ->> 'idempotencyKey') stored,
      cancel_requested boolean not null generated always as ((content ->> 'cancelRequested')::boolean) stored,
      finished_ms bigint generated always as ((content ->> 'finishedAt')::bigint) stored
    )`,
  // The parts of a bulk are known by their parent; only what somebody asked for has a key of its own.
  sql`create unique index operation_key on operation (actor, idempotency_key) where parent is null`,
  sql`create index operation_part on operation (parent) where parent is not null`,
  sql`create index operation_open on operation (position) where state in ('QUEUED', 'RUNNING')`,
  sql`create index operation_turn on operation (serial_key, position) where state in ('QUEUED', 'RUNNING')`,
  sql`create index operation_finished on operation (finished_ms) where finished_ms is not null`,
];
