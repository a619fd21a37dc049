import { Command } from 'commander';

import {
  vmCloneCommand,
  vmCreateCommand,
  vmDeleteCommand,
  vmMigrateCommand,
  vmReconfigureCommand,
} from './vm/change.ts';
import { vmExportCommand } from './vm/export.ts';
import { vmListCommand } from './vm/list.ts';
import { vmPowerCommands } from './vm/power.ts';
import { vmShowCommand } from './vm/show.ts';
import { vmSnapshotCommand } from './vm/snapshot.ts';

// `sitewide vm`: looking at machines and changing them, wherever in the site they are.

const help = `
A machine is given by its name or its global id; a name that several machines have is refused with all of them. Changes
are followed to their end, on a terminal with a bar, otherwise with a JSON line for each step.

Exit codes: 0 done · 1 failed or another error · 2 usage · 3 partial answer · 4 nobody answered · 5 not found · 6 refused ·
8 not allowed · 130 interrupted (what was accepted goes on)`;

/** The command. */
export function vmCommand(): Command {
  const command = new Command('vm')
    .description('List virtual machines and change them.')
    .addHelpText('after', help)
    .addCommand(vmListCommand())
    .addCommand(vmExportCommand())
    .addCommand(vmShowCommand());
  for (const power of vmPowerCommands()) {
    command.addCommand(power);
  }
  return command
    .addCommand(vmCreateCommand())
    .addCommand(vmReconfigureCommand())
    .addCommand(vmCloneCommand())
    .addCommand(vmMigrateCommand())
    .addCommand(vmDeleteCommand())
    .addCommand(vmSnapshotCommand());
}
