import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import { type Config, loadConfig } from './config.ts';
import type { Environment } from './environment.ts';
import { compareConfigs, type Reload } from './reload.ts';
import { watchFiles } from './watch-files.ts';

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

/** Begins to watch. It reads once at the start, for what changed since the broker read it. */
export function watchConfig({ config, env, clock, onReading, watchFolder }: WatchOptions): ConfigWatch {
  let files = config.files;
  let isOver = false;
  const read = async (): Promise<void> => {
    const { reading, read: found } = await readAgain(config, env);
    files = found ?? files;
    if (!isOver) {
      onReading(reading);
    }
  };
  const watching = watchFiles({ files: () => files, clock, read, watchFolder });
  return {
    reload: watching.look,
    async [Symbol.asyncDispose]() {
      isOver = true;
      await watching[Symbol.asyncDispose]();
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
