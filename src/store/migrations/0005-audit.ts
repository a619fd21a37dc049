import { sql } from 'kysely';

// The audit trail. Whoever appends writes only the record: the database numbers it, dates it and chains it to the one before,
// under the lock of the head, so that there is neither a gap nor a fork whatever brokers append at once. The hash is defined in
// src/core/hash-chain.ts. Nothing is changed any more, and only retention takes anything away: that keeps accidents off; against
// whoever rules the database helps only a hash that is kept elsewhere.

/** The statements of this migration, in their order. */
export const audit = [
  sql`
    create table audit_head (
      singleton boolean primary key default true check (singleton),
      sequence bigint not null default 0,
      at_ms bigint not null default 0,
      hash text not null default repeat('0', 64)
    )`,
  sql`insert into audit_head default values`,
  sql`
    create table audit_event (
      sequence bigint primary key,
      at_ms bigint not null unique,
      previous_hash text not null,
      hash text not null,
      record text not null,
      content jsonb not null generated always as (record::jsonb) stored
    )`,
  sql`create index audit_event_actor on audit_event ((content ->> 'actor'), at_ms)`,
  sql`create index audit_event_target on audit_event ((content ->> 'target'), at_ms)`,
  sql`create index audit_event_operation on audit_event ((content ->> 'operation'), at_ms)`,
  sql`
    create function audit_append() returns trigger language plpgsql as $$
    begin
      update audit_head
        set sequence = sequence + 1, at_ms = greatest(at_ms + 1, (extract(epoch from clock_timestamp()) * 1000)::bigint)
        returning sequence, at_ms, hash into new.sequence, new.at_ms, new.previous_hash;
      new.hash := encode(sha256(convert_to(
        concat_ws(E'\\n', new.previous_hash, new.sequence, new.at_ms, new.record), 'UTF8'
      )), 'hex');
      update audit_head set hash = new.hash;
      return new;
    end $$`,
  sql`create trigger audit_append before insert on audit_event for each row execute function audit_append()`,
  sql`
    create function audit_keep() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' and current_setting('sitewide.audit_retention', true) = 'on' then
        return null;
      end if;
      raise exception 'the audit trail is only appended to';
    end $$`,
  sql`
    create trigger audit_keep before update or delete or truncate on audit_event
    for each statement execute function audit_keep()`,
];
