import { Command, InvalidArgumentError } from 'commander';

import {
  SetPowerStateBulkDocument,
  SetPowerStateDocument,
  type PowerAction,
} from '../../../schema/generated/client.ts';
import { CommandFailure, type Asker } from '../ask.ts';
import { withConnection, type ConnectionOptions } from '../connection.ts';
import { exitCodes } from '../exit-code.ts';
import { askForChange, changeInput, concludeChanges, withChange, type ChangeOptions } from '../operation/change.ts';
import { runAsker } from '../run.ts';
import { filterOf, withFilter, type FilterOptions } from './filter.ts';
import { vmIds } from './select.ts';

// `sitewide vm start`, `stop`, `reboot` …: one machine or some by name, or all that meet a filter as one bulk.

interface PowerOptions extends ConnectionOptions, ChangeOptions, FilterOptions {
  readonly force?: boolean;
  readonly all: boolean;
  readonly maxTargets: number;
}

interface PowerVerb {
  readonly description: string;
  readonly action: PowerAction;
  /** What `--force` makes of it. */
  readonly forced?: { readonly action: PowerAction; readonly help: string };
}

const verbs: Readonly<Record<string, PowerVerb>> = {
  start: { description: 'Start virtual machines, from off or from their saved state.', action: 'START' },
  stop: {
    description: 'Ask the guests of virtual machines to shut down.',
    action: 'SHUTDOWN',
    forced: { action: 'FORCE_STOP', help: 'take the power away instead' },
  },
  reboot: {
    description: 'Ask the guests of virtual machines to boot anew.',
    action: 'REBOOT',
    forced: { action: 'RESET', help: 'as by the reset button' },
  },
  reset: { description: 'Boot virtual machines anew as by the reset button.', action: 'RESET' },
  pause: { description: 'Halt the CPUs of virtual machines and keep their memory.', action: 'PAUSE' },
  resume: { description: 'Let the CPUs of paused virtual machines go on.', action: 'RESUME' },
  suspend: { description: 'Save the memory of virtual machines to disk and stop them.', action: 'SUSPEND' },
};

/** The commands of all verbs. */
export function vmPowerCommands(): readonly Command[] {
  return Object.entries(verbs).map(([name, verb]) => powerCommand(name, verb));
}

function powerCommand(name: string, { description, action, forced }: PowerVerb): Command {
  const command = withFilter(withChange(withConnection(new Command(name))))
    .description(description)
    .argument('[vm...]', 'their names or global ids')
    .option('--all', 'all that meet the filter options, as one operation', false)
    .option('--max-targets <n>', 'with --all: refuse if it would be more', parseTargets, 100)
    .addHelpText('after', examplesOf(name));
  if (forced) {
    command.option('--force', forced.help, false);
  }
  return command.action((vms: readonly string[], options: PowerOptions) =>
    runAsker(options, (asker) =>
      changePower(asker, { vms, options, action: options.force === true && forced ? forced.action : action }),
    ),
  );
}

interface PowerChange {
  readonly vms: readonly string[];
  readonly action: PowerAction;
  readonly options: PowerOptions;
}

async function changePower(asker: Asker, { vms, action, options }: PowerChange): Promise<number> {
  const filter = filterOf(options);
  if (options.all ? vms.length > 0 || filter === null : vms.length === 0 || filter !== null) {
    const problem = 'give either names, or --all with at least one filter option';
    throw new CommandFailure(problem, exitCodes.usage);
  }
  if (options.all) {
    const { maxTargets } = options;
    const input = { filter: filter!, action, maxTargets, ...changeInput(options) };
    return concludeChanges(asker, [await askForChange(asker, SetPowerStateBulkDocument, input)], options);
  }
  const ids = await vmIds(asker, vms);
  const given = changeInput(options);
  const asked = await Promise.all(
    ids.map((id, at) => {
      // Each machine is a request of its own, and so needs a key of its own.
      const idempotencyKey = ids.length === 1 ? given.idempotencyKey : `${given.idempotencyKey}/${at}`;
      return askForChange(asker, SetPowerStateDocument, { id, action, ...given, idempotencyKey });
    }),
  );
  return concludeChanges(asker, asked, options);
}

function examplesOf(name: string): string {
  return `
Examples:
  $ sitewide vm ${name} web-01
  $ sitewide vm ${name} web-01 web-02 --no-wait -o name
  $ sitewide vm ${name} --all --label env=test --max-targets 50 --dry-run`;
}

/** How many machines a bulk may concern. */
export function parseTargets(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000) {
    throw new InvalidArgumentError('It must be a whole number from 1 to 10000.');
  }
  return value;
}
