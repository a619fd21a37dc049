import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Clock } from '../core/clock.ts';

// Notices that files have changed, however they were replaced, on whatever file system. What they say is its caller's.

/** Files under watch. Disposing ends it. */
export interface FileWatch extends AsyncDisposable {
  /** Has them read again, whether or not one has changed. */
  look(): void;
}

/** What is watched, and who is told. */
export interface FileWatchOptions {
  /** The files as they are watched from now on; asked again after each reading. */
  readonly files: () => readonly string[];
  readonly clock: Clock;
  /** Reads them; called once at the start, for what changed since somebody else read them. Never rejects. */
  readonly read: () => Promise<void>;
  /** Notices changes in a folder; may miss some. By default what the operating system offers. */
  readonly watchFolder?: ((folder: string, onChange: () => void) => Disposable) | undefined;
}

/** After the first sign of a change it waits so long for the last, in milliseconds: editors write in several steps. */
const settleMs = 100;
/** How often the files are looked at in any case, in milliseconds: not every file system tells of changes. */
const lookEveryMs = 5_000;

/** Begins to watch. */
export function watchFiles({ files, clock, read, watchFolder = watchInSystem }: FileWatchOptions): FileWatch {
  const stop = new AbortController();
  const bell = createBell(clock, stop.signal);
  const folders = createFolderWatch(watchFolder, bell.ring);
  let isForced = true;
  const run = async (): Promise<void> => {
    let seen = '';
    while (!stop.signal.aborted) {
      folders.follow(files());
      const found = await signatureOf(files());
      if (isForced || found !== seen) {
        isForced = false;
        seen = found;
        await read();
      } else if (await bell.wait(lookEveryMs)) {
        await clock.sleep(settleMs, stop.signal).catch(() => undefined);
      }
    }
  };
  const running = run();
  return {
    look() {
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
function createFolderWatch(watchOne: NonNullable<FileWatchOptions['watchFolder']>, onChange: () => void): FolderWatch {
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

function watchInSystem(folder: string, onChange: () => void): Disposable {
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
