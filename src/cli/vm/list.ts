import { Command, InvalidArgumentError, Option } from 'commander';

import {
  ListVmsDocument,
  type VirtualMachineOrder,
  type VirtualMachineOrderField,
} from '../../../schema/generated/client.ts';
import { ask, conclude, type Asker } from '../ask.ts';
import { parseCount } from '../count.ts';
import { withConnection, type ConnectionOptions } from '../connection.ts';
import { formatAnswer, formats, type Format } from '../output/format.ts';
import { allPages, withoutPaging } from '../pages.ts';
import { runAsker } from '../run.ts';
import { filterOf, withFilter, type FilterOptions } from './filter.ts';
import { watchPages } from './watch.ts';

// `sitewide vm list`.

interface ListOptions extends ConnectionOptions, FilterOptions {
  readonly sort: VirtualMachineOrder;
  readonly limit: number;
  readonly all: boolean;
  readonly watch: boolean;
  readonly count?: number;
  readonly output: Format;
}

const fields: Readonly<Record<string, VirtualMachineOrderField>> = {
  name: 'NAME',
  state: 'POWER_STATE',
  cpus: 'CPU_COUNT',
  memory: 'MEMORY',
  host: 'HOST',
  installation: 'INSTALLATION',
  created: 'CREATED_AT',
  booted: 'BOOTED_AT',
};

const examples = `
Examples:
  $ sitewide vm list --state RUNNING --sort -memory --limit 10
  $ sitewide vm list --name 'web*' --label env=prod -o name
  $ sitewide vm list --all -o jsonl | jq -r .id
  $ sitewide vm list --state RUNNING --sort -cpus --watch`;

/** The command. */
export function vmListCommand(): Command {
  return withSort(withFilter(withConnection(new Command('list'))))
    .description('List virtual machines.')
    .option('--limit <n>', 'so many at most, 1 to 1000', parseLimit, 50)
    .option('--all', 'every one, page by page', false)
    .addOption(
      new Option('--watch', 'live, until Ctrl-C: what is there at once, then whatever is different; at most 200')
        .default(false)
        .conflicts('all'),
    )
    .option('--count <n>', 'with --watch: end after so many pages', parseCount)
    .addOption(new Option('-o, --output <format>', 'how to print them').choices(formats).default('table'))
    .addHelpText('after', examples)
    .action((options: ListOptions) => runAsker(options, (asker) => list(asker, options)));
}

/** Adds the option by which machines are sorted. */
export function withSort(command: Command): Command {
  return command.addOption(
    new Option('--sort <field>', `one of ${Object.keys(fields).join(', ')}; with - before it, descending`)
      .argParser(parseSort)
      .default({ field: 'NAME', direction: 'ASC' }, 'name'),
  );
}

async function list(asker: Asker, options: ListOptions): Promise<number> {
  const filter = filterOf(options);
  if (options.watch) {
    return watchPages(asker, { ...options, filter });
  }
  const read = async (after: string | null, first: number) =>
    ask(asker, ListVmsDocument, { filter, orderBy: options.sort, first, after });
  const answer = options.all
    ? await allPages('virtualMachines', (after) => read(after, 1_000))
    : await read(null, options.limit);
  process.stdout.write(formatAnswer(withoutPaging(answer, 'virtualMachines'), options.output));
  return conclude(answer);
}

/** A number of rows. */
export function parseLimit(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1000) {
    throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
  }
  return value;
}

function parseSort(text: string): VirtualMachineOrder {
  const field = fields[text.replace(/^-/, '').toLowerCase()];
  if (field === undefined) {
    throw new InvalidArgumentError(
      `It must be one of ${Object.keys(fields).join(', ')}, with - before it for descending.`,
    );
  }
  return { field, direction: text.startsWith('-') ? 'DESC' : 'ASC' };
}
