import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

import type { Action } from '../model/action.ts';
import type { AuditRecord } from '../model/audit.ts';
import type { Operation, OperationKind, OperationState } from '../model/operation.ts';
import type { LastChanges } from '../model/pace.ts';
import type { RecordKind, Records } from '../model/resource.ts';
import type { StoredChange } from './stored-change.ts';

// The tables of an installation's database, as the queries see them. A test compares this with what the migrations make.
// Revisions and counts are int8 in the database and numbers here: database.ts reads them so.

/** Written as JSON text, read parsed. */
type Json<T> = ColumnType<T, string, never>;

/** Of the watch: not begun, in force, or the hypervisor manager cannot be reached. */
export type WatchState = 'STARTING' | 'WATCHING' | 'LOST';

/** Records of one kind, as a part of a stored snapshot holds them. */
export type StoredRecords = {
  readonly [Kind in RecordKind]: { readonly kind: Kind; readonly records: readonly Records[Kind][] };
}[RecordKind];

/** All tables. */
export interface Tables {
  /** One row for each migration that was made. */
  migration: { name: string; made_at: Generated<Date> };
  /** One row: who watches, until when, and how it goes. */
  watch: {
    singleton: Generated<boolean>;
    /** Null before the first watcher. */
    owner: string | null;
    /** Grows with every watcher; what an older one writes is refused. */
    epoch: Generated<number>;
    expires_at: Generated<Date>;
    state: Generated<WatchState>;
    message: string | null;
    /** When the inventory was last known to be current. */
    confirmed_at: Date | null;
  };
  /** One row: where the feed is. */
  feed_head: {
    singleton: Generated<boolean>;
    installation: string;
    /** The life of this feed: another database, another life. */
    feed: Generated<string>;
    /** The number of the last append. */
    revision: Generated<number>;
    /** How many changes all appends together had. */
    changes: Generated<number>;
    /** Appends up to this one are not kept. */
    kept_after: Generated<number>;
    snapshot_epoch: number | null;
    /** The revision of the stored snapshot. */
    snapshot_revision: number | null;
    /** `changes` at that revision. */
    snapshot_changes: number | null;
    /** Of the stored snapshot of this revision: when each kind of thing last changed. */
    snapshot_last_changes: Json<LastChanges & { readonly of: number }> | null;
  };
  /** The appends that are kept; a large one has several parts. */
  feed_change: {
    revision: number;
    part: number;
    changes: Json<readonly StoredChange[]>;
    /** `feed_head.changes` after this append. */
    changes_until: number;
    committed_at: Generated<Date>;
  };
  /** The stored snapshot, in parts. */
  snapshot_part: { epoch: number; revision: number; part: number; content: Json<StoredRecords> };
  /** All operations that are kept. A bulk is one of them, and each of its parts. */
  operation: {
    local_id: string;
    /** In the order of acceptance. */
    position: GeneratedAlways<number>;
    /** Of those with the same one, the later waits for the earlier; null waits for nobody. */
    serial_key: string | null;
    /** What the driver is to do; null for a bulk, which is carried out by its parts. */
    action: Json<Action> | null;
    /** Of what was asked for: tells whether a key is used again for the same. */
    input_hash: string;
    /** Which broker has it, or had it last. */
    owner: string | null;
    /** Grows with every broker that takes it; what an older one writes is refused. */
    epoch: Generated<number>;
    /** Null: nobody has it. */
    lease_until: Date | null;
    /** True once a broker may have handed it to the driver. */
    begun: Generated<boolean>;
    /** The number of its last change in the feed. */
    revision: number;
    /** What the feed says of it; the columns after this one are made from it. */
    content: Json<Operation>;
    kind: GeneratedAlways<OperationKind>;
    state: GeneratedAlways<OperationState>;
    parent: GeneratedAlways<string | null>;
    actor: GeneratedAlways<string>;
    idempotency_key: GeneratedAlways<string>;
    cancel_requested: GeneratedAlways<boolean>;
    /** In milliseconds since 1970. */
    finished_ms: GeneratedAlways<number | null>;
  };
  /** One row: the last event of the audit trail. */
  audit_head: {
    singleton: Generated<boolean>;
    sequence: Generated<number>;
    at_ms: Generated<number>;
    hash: Generated<string>;
  };
  /** The audit trail. Only the record is written; the database adds the rest. */
  audit_event: {
    /** From 1, without gaps. */
    sequence: GeneratedAlways<number>;
    /** In milliseconds since 1970; each is later than the one before. */
    at_ms: GeneratedAlways<number>;
    previous_hash: GeneratedAlways<string>;
    hash: GeneratedAlways<string>;
    /** The text that the hash is of. */
    record: string;
    /** The same, for queries. */
    content: GeneratedAlways<AuditRecord>;
  };
}
