import { InvalidArgumentError, Option, type Command } from 'commander';

import type { StringFilter, VirtualMachineFilter } from '../../../schema/generated/client.ts';
import { collect } from '../collect.ts';

// The options by which machines are chosen, and the filter they make.

/** What the options say. */
export interface FilterOptions {
  readonly name?: readonly string[];
  readonly state?: readonly string[];
  readonly site?: readonly string[];
  readonly installation?: readonly string[];
  readonly host?: readonly string[];
  readonly label?: readonly string[];
  readonly filter?: VirtualMachineFilter;
}

const states = ['RUNNING', 'STOPPED', 'PAUSED', 'SUSPENDED', 'CRASHED', 'UNKNOWN'];

/** Adds the options to a command. */
export function withFilter(command: Command): Command {
  return command
    .option('--name <pattern>', 'by name, with * at its ends for anything; repeatable', collect)
    .addOption(
      new Option('--state <state>', 'by power state; repeatable').argParser((text: string, sofar?: readonly string[]) =>
        collect(oneOfStates(text), sofar),
      ),
    )
    .option('--site <id>', 'by site; repeatable', collect)
    .option('--installation <id>', 'by installation; repeatable', collect)
    .option('--host <pattern>', 'by the name of the host; repeatable', collect)
    .option('--label <key=value>', 'by label, or "key" for any value; repeatable, all must hold', collect)
    .option('--filter <json>', 'a VirtualMachineFilter, for everything else', parseFilter);
}

/** The filter that the options make; null if they say nothing. Options of one kind are alternatives, except labels. */
export function filterOf(options: FilterOptions): VirtualMachineFilter | null {
  const conditions: VirtualMachineFilter[] = [
    ...anyOf(options.name, (pattern) => ({ name: textFilter(pattern) })),
    ...anyOf(options.host, (pattern) => ({ host: textFilter(pattern) })),
    ...(options.state ? [{ powerState: options.state as VirtualMachineFilter['powerState'] }] : []),
    ...(options.site ? [{ site: { in: options.site } }] : []),
    ...(options.installation ? [{ installation: { in: options.installation } }] : []),
    ...(options.label ? [{ label: options.label.map(labelFilter) }] : []),
    ...(options.filter ? [options.filter] : []),
  ];
  return conditions.length === 0 ? null : conditions.length === 1 ? conditions[0]! : { and: conditions };
}

function anyOf(
  patterns: readonly string[] | undefined,
  condition: (pattern: string) => VirtualMachineFilter,
): readonly VirtualMachineFilter[] {
  const conditions = (patterns ?? []).map(condition);
  return conditions.length > 1 ? [{ or: conditions }] : conditions;
}

/** `web*` begins, `*web` ends, `*web*` contains, `web` is. */
export function textFilter(pattern: string): StringFilter {
  const text = pattern.replace(/^\*|\*$/g, '');
  if (pattern.length > 1 && pattern.startsWith('*') && pattern.endsWith('*')) return { contains: text };
  if (pattern.endsWith('*')) return { startsWith: text };
  return pattern.startsWith('*') ? { endsWith: text } : { eq: pattern };
}

function labelFilter(text: string): NonNullable<NonNullable<VirtualMachineFilter['label']>[number]> {
  const at = text.indexOf('=');
  return at === -1 ? { key: text, exists: true } : { key: text.slice(0, at), eq: text.slice(at + 1) };
}

function oneOfStates(text: string): string {
  const state = text.toUpperCase();
  if (!states.includes(state)) {
    throw new InvalidArgumentError(`It must be one of ${states.join(', ')}.`);
  }
  return state;
}

function parseFilter(text: string): VirtualMachineFilter {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, as for JSON that is something else.
  }
  throw new InvalidArgumentError('It is not a JSON object, such as \'{"cpuCount": {"gte": 8}}\'.');
}
