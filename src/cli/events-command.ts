import { Command, InvalidArgumentError, Option } from 'commander';

import { WatchInventoryDocument, WatchOperationsDocument, type ResourceType } from '../../schema/generated/client.ts';
import { note, type Asker } from './ask.ts';
import { withConnection, type ConnectionOptions } from './connection.ts';
import { exitCodes } from './exit-code.ts';
import { eventLine, type ShownEvent } from './output/event.ts';
import { runAsker } from './run.ts';
import { parseCount } from './count.ts';
import { filterOf, withFilter, type FilterOptions } from './vm/filter.ts';

// `sitewide events`: what happens in a site, a line each, until Ctrl-C; it can be taken up again where it stopped.

interface EventsOptions extends ConnectionOptions, FilterOptions {
  readonly types?: readonly ResourceType[];
  readonly operations: boolean;
  readonly after?: string;
  readonly count?: number;
  readonly output: 'table' | 'jsonl';
}

const types: readonly ResourceType[] = ['VIRTUAL_MACHINE', 'HOST', 'DATASTORE', 'NETWORK'];

/** The command. */
export function eventsCommand(): Command {
  return withFilter(withConnection(new Command('events')))
    .description('Follow the changes of the site, or with --federation of all sites, live.')
    .addOption(
      new Option('--types <types>', `which resources, separated by commas: ${types.join(', ')}`).argParser(parseTypes),
    )
    .option('--operations', 'operations instead of resources', false)
    .option('--after <token>', 'only what follows this token')
    .option('--count <n>', 'end after so many events', parseCount)
    .addOption(new Option('-o, --output <format>', 'how to print them').choices(['table', 'jsonl']).default('table'))
    .addHelpText(
      'after',
      `
With filter options only virtual machines are followed; one that no longer meets them is REMOVED. GAP says that changes were
missed and what is held of that source should be read anew. At the end the token of the last event is on stderr: --after
goes on from there, at any broker. If a broker is lost, another one goes on without a gap.

Examples:
  $ sitewide events
  $ sitewide events --state RUNNING -o jsonl | jq .node.name
  $ sitewide events --operations`,
    )
    .action((options: EventsOptions) => runAsker(options, (asker) => follow(asker, options)));
}

async function follow(asker: Asker, options: EventsOptions): Promise<number> {
  let token: string | null = options.after ?? null;
  let left = options.count ?? Infinity;
  try {
    for await (const event of streamOf(asker, options)) {
      token = event.resumeToken ?? token;
      const line = options.output === 'jsonl' ? JSON.stringify(event) : eventLine(event);
      process.stdout.write(`${line}\n`);
      left -= event.type === 'BOOKMARK' ? 0 : 1;
      if (left <= 0) break;
    }
  } finally {
    if (token !== null) {
      note(`--after ${token}`);
    }
  }
  return exitCodes.ok;
}

function streamOf({ connection, signal }: Asker, options: EventsOptions): AsyncIterable<ShownEvent> {
  const { after = null, operations } = options;
  if (operations) {
    return connection.streams.follow(WatchOperationsDocument, { filter: null, after }, signal);
  }
  const virtualMachine = filterOf(options);
  const wanted = options.types ?? (virtualMachine === null ? null : (['VIRTUAL_MACHINE'] as const));
  const filter = virtualMachine === null ? null : { virtualMachine };
  return connection.streams.follow(WatchInventoryDocument, { types: wanted, filter, after }, signal);
}

function parseTypes(text: string): readonly ResourceType[] {
  return text.split(',').map((word) => {
    const type = types.find((known) => known === word.trim().toUpperCase());
    if (type === undefined) {
      throw new InvalidArgumentError(`"${word}" is none of ${types.join(', ')}.`);
    }
    return type;
  });
}
