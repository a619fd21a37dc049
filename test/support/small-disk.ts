import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmdirSync } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { messageOf } from '../../src/core/errors.ts';

// A disk that a test can fill, where the host lets one mount.

/** A small disk. Disposing it unmounts it. */
export interface SmallDisk extends Disposable {
  readonly folder: string;
  /** Takes all the space there is. */
  fill(): Promise<void>;
  /** Gives it back. */
  free(): Promise<void>;
}

const chunk = Buffer.alloc(65_536, 1);

/** What keeps this host from mounting one; null if nothing does. */
export function diskProblem(): string | null {
  try {
    mountDisk(1)[Symbol.dispose]();
    return null;
  } catch (thrown) {
    return `it needs a small disk of its own, and this host mounts none: ${messageOf(thrown)}`;
  }
}

/** Mounts one. */
export function mountDisk(mebibytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'sitewide-disk-'));
  const filler = join(folder, 'filler');
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (thrown) {
    rmdirSync(folder);
    throw thrown;
  }
  // PostgreSQL runs as another user than root.
  chmodSync(folder, 0o755);
  return {
    folder,
    async fill() {
      await using file = await open(filler, 'a');
      await writeUntilFull(file);
    },
    free: () => rm(filler, { force: true }),
    [Symbol.dispose]() {
      execFileSync('umount', ['--lazy', folder]);
      rmdirSync(folder);
    },
  };
}

async function writeUntilFull(file: FileHandle): Promise<void> {
  try {
    for (;;) await file.write(chunk);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown;
  }
}
