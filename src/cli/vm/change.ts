import { Command, InvalidArgumentError } from 'commander';

import {
  CloneVirtualMachineDocument,
  CreateVirtualMachineDocument,
  DeleteVirtualMachineDocument,
  MigrateVirtualMachineDocument,
  ReconfigureVirtualMachineDocument,
} from '../../../schema/generated/client.ts';
import { withConnection, type ConnectionOptions } from '../connection.ts';
import { askForChange, changeInput, concludeChanges, withChange, type ChangeOptions } from '../operation/change.ts';
import { runAsker } from '../run.ts';
import { hostId, installationId, vmId } from './select.ts';

// `sitewide vm create`, `delete`, `reconfigure`, `clone` and `migrate`.

type Options = ConnectionOptions & ChangeOptions;
type Pairs = readonly { readonly key: string; readonly value: string }[];

interface SpecOptions extends Options {
  readonly cpus?: number;
  readonly memory?: number;
  readonly label?: Pairs;
  readonly annotation?: Pairs;
}

interface CreateOptions extends SpecOptions {
  readonly installation: string;
  readonly template?: string;
  readonly disk?: number;
  readonly guestOs?: string;
  readonly host?: string;
  readonly start: boolean;
}

/** `vm create`. */
export function vmCreateCommand(): Command {
  return withSpec(new Command('create'))
    .description('Make a virtual machine, from a template or from what is said here.')
    .argument('<name>', 'its name, unique within the installation')
    .requiredOption('--installation <id>', 'where to make it')
    .option('--template <vm>', 'the machine to take everything from that is not said here')
    .option('--disk <size>', 'how large its disk is to be, such as 20GiB', parseBytes)
    .option('--guest-os <text>', 'the guest operating system')
    .option('--host <host>', 'the host to assign it to')
    .option('--start', 'start it as soon as it is there', false)
    .addHelpText(
      'after',
      '\nExample:\n  $ sitewide vm create web-09 --installation lyon-a --cpus 2 --memory 4096 --disk 20GiB --start',
    )
    .action((name: string, options: CreateOptions) =>
      runAsker(options, async (asker) => {
        const installation = await installationId(asker, options.installation);
        const input = {
          installationId: installation,
          name,
          ...specOf(options),
          templateId: options.template === undefined ? null : await vmId(asker, options.template),
          diskBytes: options.disk ?? null,
          guestOs: options.guestOs ?? null,
          hostId: options.host === undefined ? null : await hostId(asker, options.host, installation),
          start: options.start,
          ...changeInput(options),
        };
        return concludeChanges(asker, [await askForChange(asker, CreateVirtualMachineDocument, input)], options);
      }),
    );
}

/** `vm reconfigure`. */
export function vmReconfigureCommand(): Command {
  return withSpec(new Command('reconfigure'))
    .description('Change what a virtual machine is made of; labels and annotations replace all there are.')
    .argument('<vm>', 'its name or its global id')
    .action((vm: string, options: SpecOptions) =>
      runAsker(options, async (asker) => {
        const input = { id: await vmId(asker, vm), ...specOf(options), ...changeInput(options) };
        return concludeChanges(asker, [await askForChange(asker, ReconfigureVirtualMachineDocument, input)], options);
      }),
    );
}

/** `vm delete`. */
export function vmDeleteCommand(): Command {
  return withChange(withConnection(new Command('delete')))
    .description('Take a virtual machine away, with its snapshots and disks.')
    .argument('<vm>', 'its name or its global id')
    .option('--force', 'take its power away first if it runs', false)
    .option('--keep-disks', 'leave its disks where they are', false)
    .action((vm: string, options: Options & { readonly force: boolean; readonly keepDisks: boolean }) =>
      runAsker(options, async (asker) => {
        const { force, keepDisks } = options;
        const input = { id: await vmId(asker, vm), force, keepDisks, ...changeInput(options) };
        return concludeChanges(asker, [await askForChange(asker, DeleteVirtualMachineDocument, input)], options);
      }),
    );
}

/** `vm clone`. */
export function vmCloneCommand(): Command {
  return withChange(withConnection(new Command('clone')))
    .description('Make a virtual machine that is like another one.')
    .argument('<vm>', 'the name or the global id of the one to copy')
    .argument('<name>', 'the name of the copy')
    .option('--host <host>', 'the host to assign it to')
    .option('--start', 'start it as soon as it is there', false)
    .action((vm: string, name: string, options: Options & { readonly host?: string; readonly start: boolean }) =>
      runAsker(options, async (asker) => {
        const id = await vmId(asker, vm);
        const host = options.host === undefined ? null : await hostId(asker, options.host, id);
        const input = { id, name, hostId: host, start: options.start, ...changeInput(options) };
        return concludeChanges(asker, [await askForChange(asker, CloneVirtualMachineDocument, input)], options);
      }),
    );
}

/** `vm migrate`. */
export function vmMigrateCommand(): Command {
  return withChange(withConnection(new Command('migrate')))
    .description('Move a virtual machine to another host of its installation.')
    .argument('<vm>', 'its name or its global id')
    .argument('<host>', 'the name or the global id of the host')
    .action((vm: string, host: string, options: Options) =>
      runAsker(options, async (asker) => {
        const id = await vmId(asker, vm);
        const input = { id, hostId: await hostId(asker, host, id), ...changeInput(options) };
        return concludeChanges(asker, [await askForChange(asker, MigrateVirtualMachineDocument, input)], options);
      }),
    );
}

function withSpec(command: Command): Command {
  return withChange(withConnection(command))
    .option('--cpus <n>', 'the number of virtual CPUs', parseCount)
    .option('--memory <MiB>', 'the memory it may use, in MiB', parseCount)
    .option('--label <key=value>', 'a label; repeatable', collectPair)
    .option('--annotation <key=value>', 'an annotation; repeatable', collectPair);
}

function specOf({ cpus, memory, label, annotation }: SpecOptions) {
  return {
    cpuCount: cpus ?? null,
    memoryMiB: memory ?? null,
    labels: label ?? null,
    annotations: annotation ?? null,
  };
}

function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number greater than 0.');
  }
  return value;
}

const units: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** `20GiB`, or a number of bytes. */
export function parseBytes(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)(KiB|MiB|GiB|TiB)?$/.exec(text) ?? [];
  const bytes = Number(number) * (units[unit] ?? NaN);
  if (number === '' || !Number.isSafeInteger(bytes) || bytes < 1) {
    throw new InvalidArgumentError('It must be a size such as 20GiB, or a number of bytes.');
  }
  return bytes;
}

function collectPair(text: string, sofar: Pairs | undefined): Pairs {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new InvalidArgumentError('It must be of the form key=value.');
  }
  return [...(sofar ?? []), { key: text.slice(0, at), value: text.slice(at + 1) }];
}
