import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient, type Transaction } from 'kysely';
import pg from 'pg';

import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { createDeadline } from '../core/deadline.ts';
import { asStoreError } from './store-error.ts';
import type { Tables } from './tables.ts';

// The connections to an installation's database. Every query goes through here, so that each has a deadline on both sides
// and what goes wrong is an error of ours. The queries themselves are in the files of their nouns.

/** The statements of one piece of work. */
export type Queries = Kysely<Tables>;

/** How long a piece of work may take, and who may end it before. */
export interface WorkOptions {
  readonly signal: AbortSignal;
  /** In milliseconds; 2 s if it is not said: everything but moving a snapshot takes a few milliseconds. */
  readonly timeoutMs?: number;
}

/** An installation's database. Whoever creates it disposes it. */
export interface Database extends AsyncDisposable {
  /** The address, which may hold a password. */
  readonly url: string;
  /**
   * Single statements, each a transaction of its own. When the time is over it stops waiting; the statement itself ends
   * by the server's own limit.
   * @throws SitewideError `STORE_UNAVAILABLE`, or the signal's reason.
   */
  run<T>(options: WorkOptions, work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Statements of one transaction, rolled back if the work throws. Throws the same. */
  transaction<T>(options: WorkOptions, work: (queries: Transaction<Tables>) => Promise<T>): Promise<T>;
}

const defaultTimeoutMs = 2_000;
/** A statement of ours that takes longer has met a lock or a sick server. */
const statementTimeoutMs = 10_000;
/** A process that was stopped inside a transaction must not keep its locks: others wait for them. */
const idleInTransactionMs = 2_000;
const connectTimeoutMs = 2_000;
/** A broker's feed needs two at a time; the rest is for whoever comes to it with a question. */
const connections = 6;

/** Connects when first asked; a server that is away is tried anew with every piece of work. */
export function createDatabase({ url, clock }: { readonly url: string; readonly clock: Clock }): Database {
  const pool = new pg.Pool({
    ...clientOptions(url),
    max: connections,
    query_timeout: statementTimeoutMs + 1_000,
    statement_timeout: statementTimeoutMs,
    lock_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
  });
  // An idle connection that breaks is taken out by the pool; the next query finds out whether there is another.
  pool.on('error', () => undefined);
  // So does whoever was just given one: between the two nobody else listens, and an error that nobody hears ends the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: withoutBrokenClients(pool) }) });
  const withinTime = async <T>(
    { signal, timeoutMs = defaultTimeoutMs }: WorkOptions,
    work: (limit: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    using deadline = createDeadline({ clock, timeoutMs, parent: signal });
    try {
      return await work(deadline.signal);
    } catch (thrown) {
      signal.throwIfAborted();
      throw asStoreError(deadline.signal.aborted ? deadline.signal.reason : thrown);
    }
  };
  return {
    url,
    run: (options, work) => withinTime(options, (limit) => abortable(work(kysely), limit)),
    transaction: (options, work) =>
      withinTime(options, (limit) => abortable(kysely.transaction().execute(work), limit)),
    async [Symbol.asyncDispose]() {
      await kysely.destroy();
      // Kysely ends a pool that it has used.
      if (!pool.ending) await pool.end();
    },
  };
}

/** Revisions and counts stay below 2 ** 53, so int8 is a number. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

/** What every connection to this address is made with. */
export function clientOptions(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'sitewide',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    types,
  };
}

/**
 * The pool, except that a connection on which a query got no answer is closed instead of used again: the answer may still
 * come, and until then whoever got that connection would wait for it.
 */
function withoutBrokenClients(pool: pg.Pool): PostgresPool {
  return {
    Client: pg.Client,
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      let broken = false;
      // The server may end the connection between two queries, which is nobody's error until the next one.
      const onError = (): void => {
        broken = true;
      };
      client.on('error', onError);
      const guarded = {
        async query(sql: string, parameters: readonly unknown[]) {
          try {
            return await client.query(sql, [...parameters]);
          } catch (thrown) {
            broken ||= !(thrown instanceof pg.DatabaseError);
            throw thrown;
          }
        },
        release(destroy?: boolean) {
          client.off('error', onError);
          client.release(broken || destroy === true);
        },
      };
      // The only other form of query that the declaration has is that of cursors, which need a package we do not have.
      return guarded as unknown as PostgresPoolClient;
    },
  };
}
