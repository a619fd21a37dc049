import {
  type VirtualMachineFilter,
  type VirtualMachineOrder,
  WatchVmsDocument,
} from '../../../schema/generated/client.ts';
import type { Answer } from '../../client/answer.ts';
import { note, type Asker } from '../ask.ts';
import { exitCodeOfAnswer, exitCodes } from '../exit-code.ts';
import { formatAnswer, type Format } from '../output/format.ts';
import { remarksOf } from '../output/remarks.ts';
import { screenOf } from '../output/screen.ts';

// `sitewide vm list --watch`: on a terminal one table that is drawn anew, otherwise one page after the other.

interface WatchOptions {
  readonly filter: VirtualMachineFilter | null;
  readonly sort: VirtualMachineOrder;
  readonly limit: number;
  readonly output: Format;
  /** How many pages; all of them by default. */
  readonly count?: number;
}

/** Shows pages until there are enough of them; the exit code of the last one. */
export async function watchPages({ connection, signal }: Asker, options: WatchOptions): Promise<number> {
  const { filter, sort, limit, output, count = Infinity } = options;
  const isDrawn = process.stdout.isTTY && (output === 'table' || output === 'wide');
  const show = isDrawn ? draw : createPrinter();
  let shown = 0;
  let code: number = exitCodes.ok;
  const pages = connection.streams.watch(WatchVmsDocument, { filter, orderBy: sort, first: limit }, signal);
  for await (const { data, ...rest } of pages) {
    const answer: Answer = { ...rest, data: data && { virtualMachines: data.virtualMachinesLive } };
    show(answer, output);
    code = exitCodeOfAnswer(answer);
    shown += 1;
    if (shown >= count) break;
  }
  return code;
}

const defaultSize = { columns: 100, rows: 24 };

type Show = (answer: Answer, output: Format) => void;

const [clearScreen, toBeginning] = ['\u001b[2J', '\u001b[H'];

function draw(answer: Answer, output: Format): void {
  // Some terminals do not tell their size.
  const { columns: seenColumns, rows: seenRows } = process.stdout;
  const size = { columns: seenColumns || defaultSize.columns, rows: seenRows || defaultSize.rows };
  const table = formatAnswer(answer, output).trimEnd().split('\n');
  const lines = screenOf(table, remarksOf(answer), size);
  process.stdout.write(`${clearScreen}${toBeginning}${lines.join('\n')}\n`);
}

/** Pages on stdout: as JSON lines one line each. What is to be said beside them is said again only when it is different. */
function createPrinter(): Show {
  let said = '';
  return (answer, output) => {
    const { data, errors, extensions } = answer;
    process.stdout.write(
      output === 'jsonl' ? `${JSON.stringify({ data, errors, extensions })}\n` : formatAnswer(answer, output),
    );
    const remarks = remarksOf(answer);
    if (remarks.join('\n') !== said) {
      said = remarks.join('\n');
      remarks.forEach(note);
    }
  };
}
