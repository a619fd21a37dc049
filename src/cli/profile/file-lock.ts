import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';

import type { Clock } from '../../core/clock.ts';
import { SitewideError } from '../../core/errors.ts';

// A lock that is a file, for processes that change another file together. It says whose it is, so that one whose process has
// died is broken at once.

interface LockOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How often a lock that is taken is looked at, in milliseconds. */
const pauseMs = 25;
/** Longer than anybody asks an issuer for new tokens, which is what takes longest under a lock, in milliseconds. */
const patienceMs = 30_000;
/** A lock of another machine, whose processes cannot be seen, counts for so long, in milliseconds. */
const foreignLifeMs = 60_000;

/**
 * Runs something while nobody else who takes the same lock does.
 * @throws SitewideError `CONFIG_INVALID` if another process keeps it; as `run`; or the signal's reason.
 */
export async function withLock<Result>(
  path: string,
  options: LockOptions,
  run: () => Promise<Result>,
): Promise<Result> {
  const mine = `${process.pid} ${hostname()} ${randomUUID()}`;
  await take(path, mine, options);
  try {
    return await run();
  } finally {
    if ((await contentOf(path)) === mine) {
      await rm(path, { force: true });
    }
  }
}

async function take(path: string, mine: string, { clock, signal }: LockOptions): Promise<void> {
  const giveUpAt = clock.now() + patienceMs;
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, mine, { mode: 0o600 });
  try {
    // A link is made whole or not at all, so that nobody ever reads a lock without a name in it.
    while (!(await linked(own, path))) {
      await breakDead(path, clock);
      if (clock.now() > giveUpAt) {
        const problem = 'another sitewide has held it too long; remove it if there is none';
        throw new SitewideError('CONFIG_INVALID', { file: path, problem });
      }
      await clock.sleep(pauseMs, signal);
    }
  } finally {
    await rm(own, { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw thrown;
  }
}

/** Takes a lock away whose holder is no more. */
async function breakDead(path: string, clock: Clock): Promise<void> {
  const holder = await contentOf(path);
  if (holder === null || !(await isDead(path, holder, clock))) {
    return;
  }
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    // Somebody else was faster.
    return;
  }
  // What was moved may be a live one that took its place in between; then it goes back.
  if ((await contentOf(aside)) !== holder) {
    await linked(aside, path);
  }
  await rm(aside, { force: true });
}

async function isDead(path: string, holder: string, clock: Clock): Promise<boolean> {
  const [pid, host] = holder.split(' ');
  if (host === hostname()) {
    return !isRunning(Number(pid));
  }
  const since = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
  return since !== null && clock.now() - since > foreignLifeMs;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function contentOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
