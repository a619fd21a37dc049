import { cutTo, visibleText } from '../output/text.ts';
import type { FollowedOperation } from './follow.ts';

// How operations that run are shown: on a terminal one line each that is drawn anew, otherwise JSON lines.

/** Shows operations as they go on. Disposing it leaves the last state on the screen. */
export interface Progress extends Disposable {
  show(operation: FollowedOperation): void;
}

const barColumns = 20;
const defaultColumns = 100;

/** JSON lines on stdout, or a picture on stderr; nothing if that is no terminal. */
export function createProgress(asJson: boolean): Progress {
  if (asJson) {
    return {
      show: (operation) => void process.stdout.write(`${JSON.stringify(operation)}\n`),
      [Symbol.dispose]: () => undefined,
    };
  }
  return process.stderr.isTTY
    ? createPicture(process.stderr)
    : { show: () => undefined, [Symbol.dispose]: () => undefined };
}

function createPicture(terminal: NodeJS.WriteStream): Progress {
  const lines = new Map<string, string>();
  return {
    show(operation) {
      const drawn = lines.size;
      lines.set(operation.id, progressLine(operation, terminal.columns ?? defaultColumns));
      // Back to the first line of the picture, then each line anew.
      terminal.write(drawn === 0 ? '' : `\u001b[${drawn}A`);
      for (const line of lines.values()) {
        terminal.write(`\r\u001b[2K${line}\n`);
      }
    },
    [Symbol.dispose]: () => undefined,
  };
}

/** `SHUTDOWN web-01 [##########----------]  50 % RUNNING`. */
export function progressLine(operation: FollowedOperation, columns: number): string {
  const { kind, targetName, progress, state, error, itemCount, succeededCount, failedCount, parentId } = operation;
  const share = Math.min(100, Math.max(0, progress ?? 0));
  const filled = Math.round((share / 100) * barColumns);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(barColumns - filled)}]`;
  const isBulk = targetName === null && parentId === null && (itemCount ?? 1) > 1;
  const what = isBulk ? `${itemCount} machines, ${succeededCount} done, ${failedCount} failed` : (targetName ?? '');
  const why = error ? ` ${error.code}: ${error.message}` : '';
  const text = `${kind} ${what} ${bar} ${String(Math.round(share)).padStart(3)} % ${state}${why}`;
  return cutTo(visibleText(text), columns - 1);
}
