import { SitewideError } from '../core/errors.ts';
import { exitCodes } from './exit-code.ts';

// Ctrl-C while a client command waits.

/** Runs something with a signal that Ctrl-C and SIGTERM abort; then the exit code is 130. */
export async function interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort(new Interrupted());
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await run(controller.signal);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** The user ended the command. */
export class Interrupted extends SitewideError<'CANCELLED'> {
  readonly exitCode = exitCodes.interrupted;

  constructor() {
    super('CANCELLED', {});
  }
}
