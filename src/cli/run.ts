import { StreamRefused } from '../client/stream-refused.ts';
import { CommandFailure, note, type Asker } from './ask.ts';
import { connectTo, type ConnectionOptions } from './connection.ts';
import { exitCodeOfCode, exitCodes } from './exit-code.ts';
import { interruptible } from './interrupt.ts';

// How a client command runs: with a connection, until it is done or Ctrl-C, and with an exit code at the end.

/** Runs a command and sets the exit code of the process to what it gives. */
export async function runAsker(options: ConnectionOptions, run: (asker: Asker) => Promise<number>): Promise<void> {
  const connection = await connectTo(options);
  try {
    process.exitCode = await interruptible((signal) => run({ connection, options, signal }));
  } catch (thrown) {
    if (thrown instanceof CommandFailure) {
      note(`error: ${thrown.message}`);
      process.exitCode = thrown.exitCode;
      return;
    }
    if (thrown instanceof StreamRefused) {
      note(`error: ${thrown.message}${thrown.code === null ? '' : ` (${thrown.code})`}`);
      process.exitCode = thrown.code === null ? exitCodes.error : exitCodeOfCode(thrown.code);
      return;
    }
    throw thrown;
  }
}
