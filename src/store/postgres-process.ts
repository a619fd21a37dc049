import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import type { UserIds } from './postgres-binaries.ts';

// The programs of the embedded PostgreSQL as child processes, with what they say.

/** A program that runs, or has run. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves when it has ended; rejects if it never began. */
  readonly exited: Promise<void>;
  /** Resolves when its output has held these words. */
  said(words: string): Promise<void>;
  lastWords(): string;
}

/** Of an error message, the last part tells what happened. */
const lastWordsLength = 2_000;

/** Runs one. That it cannot be run at all is an event of the child, and would end this process if nobody listened. */
export function run(program: string, options: readonly string[], user: UserIds | null): Running {
  const child = spawn(program, options, {
    ...(user === null ? {} : user),
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    // In a group of its own: Ctrl-C at a terminal is for its owner, who ends it when nobody needs it any more.
    detached: true,
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
  });
  let output = '';
  const listeners = new Set<() => void>();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-lastWordsLength);
    listeners.forEach((listener) => listener());
  });
  const exited = once(child, 'close').then(() => undefined);
  exited.catch(() => undefined);
  return {
    child,
    exited,
    said: (words) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (output.includes(words)) {
            listeners.delete(look);
            resolve();
          }
        };
        listeners.add(look);
      }),
    lastWords: () => output.trim(),
  };
}

/** Whether it has begun and not ended. */
export function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}
