import { once } from 'node:events';

import { Command, Option } from 'commander';
import { print } from 'graphql';

import { ExportVmsDocument, type VirtualMachineOrder } from '../../../schema/generated/client.ts';
import type { Answer } from '../../client/answer.ts';
import type { RowLines } from '../../client/row-lines.ts';
import { type Asker, conclude } from '../ask.ts';
import { type ConnectionOptions, withConnection } from '../connection.ts';
import { parseCount } from '../count.ts';
import { runAsker } from '../run.ts';
import { filterOf, type FilterOptions, withFilter } from './filter.ts';
import { withSort } from './list.ts';

// `sitewide vm export`: all machines, however many, row by row.

interface ExportOptions extends ConnectionOptions, FilterOptions {
  readonly sort: VirtualMachineOrder;
  readonly first?: number;
}

const help = `
The rows go to standard output as they come, one JSON object a line; nothing is held back, so that a slow reader slows the
brokers down. What the list rests on is said on standard error in the end. If a broker is lost in the middle, another one
of its installation goes on behind the last row.

Exit codes: 0 all of it · 3 sources are missing · 1 cut or another error · 130 interrupted

Examples:
  $ sitewide vm export > vms.jsonl
  $ sitewide vm export --state RUNNING --sort -memory | jq -r '[.name, .memoryMiB] | @csv'`;

/** The command. */
export function vmExportCommand(): Command {
  return withSort(withFilter(withConnection(new Command('export'))))
    .description('Write all virtual machines, however many there are.')
    .option('--first <n>', 'so many at most', parseCount)
    .addOption(new Option('--format <format>', 'how to write them').choices(['jsonl']).default('jsonl'))
    .addHelpText('after', help)
    .action((options: ExportOptions) => runAsker(options, (asker) => exportVms(asker, options)));
}

async function exportVms({ connection, signal }: Asker, options: ExportOptions): Promise<number> {
  const variables = { filter: filterOf(options), orderBy: options.sort, first: options.first };
  const opened = await connection.rows.open(print(ExportVmsDocument), variables, signal);
  return conclude('errors' in opened ? opened : await write(opened, signal));
}

/** Writes the rows, and gives what is to be said of them. */
async function write(lines: RowLines, signal: AbortSignal): Promise<Answer> {
  for (;;) {
    const { done, value } = await lines.next().finally(() => signal.throwIfAborted());
    if (done) {
      const { coverage } = value;
      return {
        data: {},
        errors: [],
        extensions: { coverage: { virtualMachines: coverage } },
        endpoint: '',
        status: 200,
      };
    }
    if (!process.stdout.write(value)) {
      await once(process.stdout, 'drain', { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
