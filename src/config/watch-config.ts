import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import { type Config, loadConfig } from './config.ts';
import type { Environment } from './environment.ts';
import { compareConfigs, type Reload } from './reload.ts';

// Reads the configuration of a running broker again whenever one of its files changes, and when it is told to. It says
// what it found and puts nothing in force.

/** A configuration as it was found, or why it cannot be used. */
export type ConfigReading =
  { readonly kind: 'USABLE'; readonly reload: Reload } | { readonly kind: 'REFUSED'; readonly error: SitewideError };

/** A configuration under watch. Disposing ends it. */
export interface ConfigWatch extends AsyncDisposable {
  /** Reads it again, whether or not a file has changed. */
  reload(): void;
}

interface WatchOptions {
  /** What the broker was started with. */
  readonly config: Config;
  readonly env: Environment;
  readonly clock: Clock;
  /** Told each time that it was read. */
  readonly onReading: (reading: ConfigReading) => void;
  /** Notices changes in a folder; may miss some. By default what the operating system offers. */
  readonly watchFolder?: (folder: string, onChange: () => void) => Disposable;
}

/** After the first sign of a change it waits so long for the last, in milliseconds: editors write in several steps. */
const settleMs = 100;
/** How often the files are looked at in any case, in milliseconds: not every file system tells of changes. */
const lookEveryMs = 5_000;

/** Begins to watch. It reads once at the start, for what changed since the broker read it. */
export function watchConfig(options: WatchOptions): ConfigWatch {
  const { config, env, clock, onReading } = options;
  const stop = new AbortController();
  const bell = createBell(clock, stop.signal);
  const folders = createFolderWatch(options.watchFolder ?? watchFolder, bell.ring);
  let isForced = true;
  const run = async (): Promise<void> => {
    let files = config.files;
    let seen = '';
    while (!stop.signal.aborted) {
      folders.follow(files);
      const found = await signatureOf(files);
      if (isForced || found !== seen) {
        isForced = false;
        seen = found;
        const { reading, read } = await readAgain(config, env);
        files = read ?? files;
        if (!stop.signal.aborted) {
          onReading(reading);
        }
      } else if (await bell.wait(lookEveryMs)) {
        await clock.sleep(settleMs, stop.signal).catch(() => undefined);
      }
    }
  };
  const running = run();
  return {
    reload() {
      isForced = true;
      bell.ring();
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('Watching was ended.'));
      folders[Symbol.dispose]();
      await running;
    },
  };
}

async function readAgain(
  config: Config,
  env: Environment,
): Promise<{ readonly reading: ConfigReading; readonly read: readonly string[] | null }> {
  let read: readonly string[] | null = null;
  try {
    const next = await loadConfig(config.file, env);
    read = next.files;
    return { reading: { kind: 'USABLE', reload: compareConfigs(config, next) }, read };
  } catch (error) {
    if (error instanceof SitewideError) {
      return { reading: { kind: 'REFUSED', error: error as SitewideError }, read };
    }
    throw error;
  }
}

/** What distinguishes the present files from others of the same names. */
async function signatureOf(files: readonly string[]): Promise<string> {
  const facts = await Promise.all(
    files.map(async (file) => {
      try {
        const { dev, ino, size, mtimeNs } = await stat(file, { bigint: true });
        return [dev, ino, size, mtimeNs].join(' ');
      } catch {
        // A file that is away is a change like any other; reading it will say what is wrong.
        return 'none';
      }
    }),
  );
  return facts.join('\n');
}

interface Bell {
  ring(): void;
  /** True if it was rung since the last wait, or is within so many milliseconds; false after them or at the end. */
  wait(milliseconds: number): Promise<boolean>;
}

function createBell(clock: Clock, signal: AbortSignal): Bell {
  let rung = Promise.withResolvers<true>();
  return {
    ring: () => rung.resolve(true),
    async wait(milliseconds) {
      const over = new AbortController();
      const sleep = clock.sleep(milliseconds, AbortSignal.any([signal, over.signal])).then(
        () => false,
        () => false,
      );
      const wasRung = await Promise.race([rung.promise, sleep]);
      over.abort();
      if (wasRung) {
        rung = Promise.withResolvers<true>();
      }
      return wasRung;
    },
  };
}

interface FolderWatch extends Disposable {
  /** Watches the folders of these files, and no others. */
  follow(files: readonly string[]): void;
}

/** Folders, not files: a file that is replaced is another one, and the watch of the old one stays silent. */
function createFolderWatch(watchOne: NonNullable<WatchOptions['watchFolder']>, onChange: () => void): FolderWatch {
  const watched = new Map<string, Disposable>();
  const follow = (files: readonly string[]): void => {
    const wanted = new Set(files.map((file) => dirname(file)));
    for (const [folder, watching] of watched) {
      if (!wanted.has(folder)) {
        watching[Symbol.dispose]();
        watched.delete(folder);
      }
    }
    for (const folder of wanted) {
      if (!watched.has(folder)) {
        watched.set(folder, watchOne(folder, onChange));
      }
    }
  };
  return { follow, [Symbol.dispose]: () => follow([]) };
}

function watchFolder(folder: string, onChange: () => void): Disposable {
  try {
    const watcher = watch(folder, { persistent: false }, onChange);
    // A folder that is gone, or too many watches: looking at the files now and then has to do.
    watcher.on('error', () => watcher.close());
    return { [Symbol.dispose]: () => watcher.close() };
  } catch {
    // The same, found out at once.
    return { [Symbol.dispose]: () => undefined };
  }
}
