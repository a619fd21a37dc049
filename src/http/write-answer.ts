import type { ServerResponse } from 'node:http';

import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';

// Sends an answer at the pace of its reader: what lies in the buffers of a connection stays small however large the
// answer is, and a reader who takes nothing is given up.

/** Until when a reader has to take something. */
export interface Pace {
  readonly clock: Clock;
  /** How long a reader may take nothing, in milliseconds. */
  readonly stallMs: number;
}

/** What is handed to a connection at a time: enough to keep a fast reader busy. */
const chunkBytes = 65_536;

/**
 * Writes the bytes and ends the answer; settles when the operating system has all of it.
 * @throws SitewideError `DEADLINE_EXCEEDED` if the reader stalls, `CANCELLED` if it goes away.
 */
export async function writeAnswer(response: ServerResponse, bytes: Buffer, pace: Pace): Promise<void> {
  let from = 0;
  for (; from + chunkBytes < bytes.length; from += chunkBytes) {
    await writeChunk(response, bytes.subarray(from, from + chunkBytes), pace);
  }
  await endAnswer(response, bytes.subarray(from), pace);
}

/** Writes a part, and waits until there is room for the next one. */
export async function writeChunk(response: ServerResponse, chunk: Buffer | string, pace: Pace): Promise<void> {
  if (response.destroyed) {
    throw new SitewideError('CANCELLED', {});
  }
  if (!response.write(chunk)) {
    await taken(response, 'drain', pace);
  }
}

/** Writes the last part, and waits until the operating system has it. */
export async function endAnswer(response: ServerResponse, chunk: Buffer | string, pace: Pace): Promise<void> {
  response.end(chunk);
  // Nearly always the operating system takes it at once; then there is nothing to wait for.
  if (response.socket?.writableLength !== 0 && !response.writableFinished) {
    await taken(response, 'finish', pace);
  }
}

async function taken(response: ServerResponse, event: 'drain' | 'finish', { clock, stallMs }: Pace): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onClose = (): void => reject(new SitewideError('CANCELLED', {}));
  const giveUp = (): void => {
    if (response.socket === null) {
      // Another answer on the same connection is before this one.
      watch();
    } else {
      reject(new SitewideError('DEADLINE_EXCEEDED', { timeoutMs: stallMs }));
    }
  };
  let callOff = (): void => undefined;
  const watch = (): void => {
    callOff = clock.after(stallMs, giveUp);
  };
  if (response.closed || response.destroyed) {
    onClose();
  }
  response.once(event, resolve).once('close', onClose);
  watch();
  try {
    await promise;
  } finally {
    callOff();
    response.off(event, resolve).off('close', onClose);
  }
}
