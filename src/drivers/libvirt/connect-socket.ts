import { createConnection } from 'node:net';
import type { Socket } from 'node:net';

import { messageOf } from '../../core/errors.ts';
import type { ErrorMaker } from './errors.ts';

// Opens the unix socket of a daemon. Tries each path once and never again.

/**
 * A connected socket.
 * @param paths Tried in order; one that is not there gives way to the next.
 * @throws SitewideError DRIVER_UNREACHABLE, or the signal's reason.
 */
export async function connectSocket(
  paths: readonly string[],
  errors: ErrorMaker,
  signal: AbortSignal,
): Promise<Socket> {
  const problems: Error[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    try {
      return await open(path, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      problems.push(thrown instanceof Error ? thrown : new Error(messageOf(thrown)));
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') {
        break;
      }
    }
  }
  throw errors.unreachable(problems.map(messageOf).join('; '), problems.at(-1));
}

function open(path: string, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = createConnection({ path });
  const abort = (): void => {
    socket.destroy();
    reject(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  socket.once('error', reject);
  socket.once('connect', () => {
    socket.off('error', reject);
    resolve(socket);
  });
  return promise.finally(() => signal.removeEventListener('abort', abort));
}
