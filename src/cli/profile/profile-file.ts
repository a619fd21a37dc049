import { randomUUID } from 'node:crypto';
import { mkdir, open, realpath, rename, rm, type FileHandle } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { getuid } from 'node:process';

import { stringify } from 'yaml';

import type { Clock } from '../../core/clock.ts';
import { messageOf, SitewideError } from '../../core/errors.ts';
import { noProfiles } from './context.ts';
import { withLock } from './file-lock.ts';
import type { Profiles } from './profiles-schema.ts';

// The file with a user's contexts. It holds tokens, so that it is for its owner alone: one that others may read is refused,
// as ssh refuses such a key, since what was in it has to be considered known. It is replaced as a whole and under a lock, so
// that two commands that get new tokens at the same time do not lose one another's.

/** The file of a user. */
export interface ProfileFile {
  readonly path: string;
  /** What is in it now; nothing if there is no such file. @throws SitewideError `CONFIG_INVALID`. */
  read(): Promise<Profiles>;
  /** Puts what `decide` makes of it in its place. Nobody else changes it meanwhile. Throws the same, or as `decide`. */
  change<Result>(decide: Decide<Result>, signal: AbortSignal): Promise<Result>;
}

/** Makes new contexts of the present ones, and a result. Null: everything stays as it is. */
type Decide<Result> = (profiles: Profiles) => Promise<{ readonly profiles: Profiles | null; readonly result: Result }>;

/** What others may do with a file, in its mode. */
const modeOfOthers = 0o077;

/** Where the contexts of this user are. */
export function profilePath(environment: Readonly<Record<string, string | undefined>>): string {
  const { SITEWIDE_CONFIG: file, XDG_CONFIG_HOME: folder } = environment;
  return file ? resolve(file) : join(folder || join(homedir(), '.config'), 'sitewide', 'config.yml');
}

/** The file of this path, which need not be there. */
export function openProfileFile(path: string, clock: Clock): ProfileFile {
  return {
    path,
    read: () => readProfiles(path),
    async change(decide, signal) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      return await withLock(`${path}.lock`, { clock, signal }, async () => {
        const { profiles, result } = await decide(await readProfiles(path));
        if (profiles !== null) {
          await replace(path, stringify(profiles));
        }
        return result;
      });
    },
  };
}

async function readProfiles(path: string): Promise<Profiles> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') {
      return noProfiles;
    }
    throw new SitewideError('CONFIG_INVALID', { file: path, problem: messageOf(thrown) }, { cause: thrown });
  }
  try {
    // Judged is the very file that is read, not what has its name a moment later.
    await refuseShared(handle, path);
    // Loaded only for those who have contexts.
    const { parseProfiles } = await import('./profiles-schema.ts');
    return parseProfiles(await handle.readFile('utf8'), path);
  } finally {
    await handle.close();
  }
}

async function refuseShared(handle: FileHandle, path: string): Promise<void> {
  const { mode, uid } = await handle.stat();
  // Windows has no such modes.
  const own = getuid?.();
  if (own === undefined) {
    return;
  }
  if (uid !== own) {
    throw new SitewideError('CONFIG_INVALID', { file: path, problem: 'it belongs to somebody else' });
  }
  if ((mode & modeOfOthers) !== 0) {
    const found = (mode & 0o777).toString(8).padStart(4, '0');
    const problem = `its mode is ${found}, but it holds tokens; say "chmod 600 ${path}", and log in again if others may have read it`;
    throw new SitewideError('CONFIG_INVALID', { file: path, problem });
  }
}

/** Puts a file in the place of another one at once. A link stays a link: people keep such files elsewhere. */
async function replace(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  }
}
