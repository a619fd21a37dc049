import { Command } from 'commander';

import {
  CreateSnapshotBulkDocument,
  CreateSnapshotDocument,
  DeleteSnapshotDocument,
  RevertToSnapshotDocument,
} from '../../../schema/generated/client.ts';
import { CommandFailure, type Asker } from '../ask.ts';
import { withConnection, type ConnectionOptions } from '../connection.ts';
import { exitCodes } from '../exit-code.ts';
import { askForChange, changeInput, concludeChanges, withChange, type ChangeOptions } from '../operation/change.ts';
import { runAsker } from '../run.ts';
import { filterOf, withFilter, type FilterOptions } from './filter.ts';
import { parseTargets } from './power.ts';
import { vmId } from './select.ts';
import { snapshotListCommand } from './show.ts';

// `sitewide vm snapshot`.

type Options = ConnectionOptions & ChangeOptions;

interface CreateOptions extends Options, FilterOptions {
  readonly description?: string;
  readonly all: boolean;
  readonly maxTargets: number;
}

/** `vm snapshot` with its commands. */
export function vmSnapshotCommand(): Command {
  return new Command('snapshot')
    .description('Keep the states of virtual machines and go back to them.')
    .addCommand(snapshotListCommand())
    .addCommand(createCommand())
    .addCommand(changeCommand('revert', 'Take a virtual machine back to a kept state; the present one is lost.'))
    .addCommand(changeCommand('delete', 'Drop a kept state; the machine itself stays as it is.'));
}

function createCommand(): Command {
  return withFilter(withChange(withConnection(new Command('create'))))
    .description('Keep the present state of a virtual machine, or of all that meet a filter.')
    .argument('<snapshot>', 'the name of the snapshot')
    .argument('[vm]', 'the name or the global id of the machine; none with --all')
    .option('--description <text>', 'what to note about it')
    .option('--all', 'of all machines that meet the filter options, as one operation', false)
    .option('--max-targets <n>', 'with --all: refuse if it would be more', parseTargets, 100)
    .addHelpText(
      'after',
      `
Examples:
  $ sitewide vm snapshot create before-upgrade web-01
  $ sitewide vm snapshot create nightly --all --label env=prod --max-targets 200`,
    )
    .action((name: string, vm: string | undefined, options: CreateOptions) =>
      runAsker(options, (asker) => create(asker, { name, vm, options })),
    );
}

interface Creation {
  readonly name: string;
  readonly vm: string | undefined;
  readonly options: CreateOptions;
}

async function create(asker: Asker, { name, vm, options }: Creation): Promise<number> {
  const filter = filterOf(options);
  if (options.all ? vm !== undefined || filter === null : vm === undefined || filter !== null) {
    throw new CommandFailure('give either a machine, or --all with at least one filter option', exitCodes.usage);
  }
  const common = { name, description: options.description ?? null, ...changeInput(options) };
  const asked = options.all
    ? await askForChange(asker, CreateSnapshotBulkDocument, {
        ...common,
        filter: filter!,
        maxTargets: options.maxTargets,
      })
    : await askForChange(asker, CreateSnapshotDocument, { ...common, id: await vmId(asker, vm!) });
  return concludeChanges(asker, [asked], options);
}

function changeCommand(verb: 'revert' | 'delete', description: string): Command {
  const document = verb === 'revert' ? RevertToSnapshotDocument : DeleteSnapshotDocument;
  return withChange(withConnection(new Command(verb)))
    .description(description)
    .argument('<snapshot>', 'the name of the snapshot')
    .argument('<vm>', 'the name or the global id of the machine')
    .action((name: string, vm: string, options: Options) =>
      runAsker(options, async (asker) => {
        const input = { id: await vmId(asker, vm), name, ...changeInput(options) };
        return concludeChanges(asker, [await askForChange<typeof input>(asker, document, input)], options);
      }),
    );
}
