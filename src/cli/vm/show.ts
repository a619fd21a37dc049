import { Command, Option } from 'commander';

import { ListSnapshotsDocument, ShowVmDocument } from '../../../schema/generated/client.ts';
import { ask, conclude } from '../ask.ts';
import { withConnection, type ConnectionOptions } from '../connection.ts';
import { formatAnswer, formats, type Format } from '../output/format.ts';
import { runAsker } from '../run.ts';
import { vmId } from './select.ts';

// `sitewide vm show` and `sitewide vm snapshot list`.

interface ShowOptions extends ConnectionOptions {
  readonly output: Format;
}

/** `vm show`. */
export function vmShowCommand(): Command {
  return withConnection(new Command('show'))
    .description('Show everything that is known of a virtual machine.')
    .argument('<vm>', 'its name or its global id')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(formats).default('table'))
    .action((vm: string, options: ShowOptions) =>
      runAsker(options, async (asker) => {
        const answer = await ask(asker, ShowVmDocument, { id: await vmId(asker, vm) });
        process.stdout.write(formatAnswer(answer, options.output));
        return conclude(answer);
      }),
    );
}

/** `vm snapshot list`. */
export function snapshotListCommand(): Command {
  return withConnection(new Command('list'))
    .description('List the snapshots of a virtual machine, the oldest first.')
    .argument('<vm>', 'its name or its global id')
    .addOption(new Option('-o, --output <format>', 'how to print them').choices(formats).default('table'))
    .action((vm: string, options: ShowOptions) =>
      runAsker(options, async (asker) => {
        const answer = await ask(asker, ListSnapshotsDocument, { id: await vmId(asker, vm) });
        const snapshots = answer.data?.virtualMachine?.snapshots ?? [];
        process.stdout.write(formatAnswer({ ...answer, data: { snapshots } }, options.output));
        return conclude(answer);
      }),
    );
}
