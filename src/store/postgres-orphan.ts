import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// A server of ours whose owner was killed runs on, and would keep its data from the next owner. It is ended as its owner
// would have ended it. It is known by its data folder, so that no other server is ever meant.

const pollMs = 50;

/**
 * Ends the server that still runs on these data, if there is one.
 * @throws The signal's reason.
 */
export async function endOrphan(data: string, signal: AbortSignal): Promise<void> {
  const pid = await ownerOf(data);
  if (pid === null || !(await servesFrom(pid, data))) {
    return;
  }
  // Fast shutdown: connections are cut and everything is written.
  process.kill(pid, 'SIGINT');
  while (await servesFrom(pid, data)) {
    await sleep(pollMs, undefined, { signal });
  }
}

/** The process that wrote the lock file, or null if there is none. */
async function ownerOf(data: string): Promise<number | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isSafeInteger(pid) && pid > 1 ? pid : null;
}

/** Whether that process is a server on these data. Without /proc nobody can tell, and PostgreSQL itself will refuse. */
async function servesFrom(pid: number, data: string): Promise<boolean> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  return words.includes(data);
}
