import { Command, Option } from 'commander';

import {
  CancelOperationDocument,
  ListOperationsDocument,
  ShowOperationDocument,
  type OperationFilter,
} from '../../schema/generated/client.ts';
import { systemClock } from '../core/clock.ts';
import { createDeadline } from '../core/deadline.ts';
import { ask, conclude, dataOf, notFound, type Asker } from './ask.ts';
import { collect, collectUpper } from './collect.ts';
import { withConnection, type ConnectionOptions } from './connection.ts';
import { exitCodes } from './exit-code.ts';
import { askForChange, concludeChanges } from './operation/change.ts';
import { followOperations, type FollowedOperation } from './operation/follow.ts';
import { formatAnswer, formats, type Format } from './output/format.ts';
import { allPages, withoutPaging } from './pages.ts';
import { runAsker } from './run.ts';
import { parseLimit } from './vm/list.ts';

// `sitewide operation`: looking at operations, following them, and ending them.

interface OutputOptions extends ConnectionOptions {
  readonly output: Format;
}

interface ListOptions extends OutputOptions {
  readonly state?: readonly string[];
  readonly kind?: readonly string[];
  readonly site?: readonly string[];
  readonly installation?: readonly string[];
  readonly target?: string;
  readonly parent?: string;
  readonly limit: number;
  readonly all: boolean;
}

/** The command. */
export function operationCommand(): Command {
  return new Command('operation')
    .description('List, follow and cancel operations.')
    .addHelpText(
      'after',
      `
Examples:
  $ sitewide operation list --state RUNNING
  $ sitewide operation wait ID --timeout 60000
  $ sitewide operation list --parent ID -o jsonl     the parts of a bulk, each with its result

Exit codes: 0 ok, or it succeeded · 1 it failed or was cancelled, or another error · 2 usage · 3 partial answer · 4 nobody
answered · 5 not found · 7 it was not done in time · 130 interrupted`,
    )
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(watchCommand())
    .addCommand(waitCommand())
    .addCommand(cancelCommand());
}

function withOutput(command: Command): Command {
  return withConnection(command).addOption(
    new Option('-o, --output <format>', 'how to print it').choices(formats).default('table'),
  );
}

function listCommand(): Command {
  return withOutput(new Command('list'))
    .description('List operations, the newest first.')
    .option('--state <state>', 'only in this state; repeatable', collectUpper)
    .option('--kind <kind>', 'only of this kind, such as SET_POWER_STATE; repeatable', collectUpper)
    .option('--site <id>', 'only of this site; repeatable', collect)
    .option('--installation <id>', 'only of this installation; repeatable', collect)
    .option('--target <id>', 'only of the machine with this global id')
    .option('--parent <id>', 'only the parts of this bulk')
    .option('--limit <n>', 'so many at most, 1 to 1000', parseLimit, 50)
    .option('--all', 'every one, page by page', false)
    .action((options: ListOptions) => runAsker(options, (asker) => list(asker, options)));
}

async function list(asker: Asker, options: ListOptions): Promise<number> {
  const filter = filterOf(options);
  const read = async (after: string | null, first: number) =>
    ask(asker, ListOperationsDocument, { filter, first, after });
  const answer = options.all
    ? await allPages('operations', (after) => read(after, 1_000))
    : await read(null, options.limit);
  process.stdout.write(formatAnswer(withoutPaging(answer, 'operations'), options.output));
  return conclude(answer);
}

/** The words of a filter are the schema's; the broker refuses one that it does not know, by name. */
function filterOf({ state, kind, site, installation, target, parent }: ListOptions): OperationFilter {
  return {
    state: (state ?? null) as OperationFilter['state'],
    kind: (kind ?? null) as OperationFilter['kind'],
    site: site === undefined ? null : { in: site },
    installation: installation === undefined ? null : { in: installation },
    targetId: target === undefined ? null : { eq: target },
    parentId: parent === undefined ? null : { eq: parent },
  };
}

function showCommand(): Command {
  return withOutput(new Command('show'))
    .description('Show everything that is known of an operation.')
    .argument('<id>', 'its global id')
    .action((id: string, options: OutputOptions) =>
      runAsker(options, async (asker) => {
        const answer = await ask(asker, ShowOperationDocument, { id });
        process.stdout.write(formatAnswer(answer, options.output));
        return conclude(answer);
      }),
    );
}

function watchCommand(): Command {
  return withOutput(new Command('watch'))
    .description('Follow operations to their end.')
    .argument('<id...>', 'their global ids')
    .action((ids: readonly string[], options: OutputOptions) =>
      runAsker(options, async (asker) => follow(asker, ids, options.output)),
    );
}

function waitCommand(): Command {
  return withConnection(new Command('wait'))
    .description('Wait until operations have ended; prints nothing.')
    .argument('<id...>', 'their global ids')
    .action((ids: readonly string[], options: ConnectionOptions) =>
      // Here the time is that of the wait and not that of an answer.
      runAsker(withoutTimeout(options), (asker) =>
        inTime(asker, options.timeout, async (limited) => follow(limited, ids, null)),
      ),
    );
}

function withoutTimeout({ timeout: _, ...options }: ConnectionOptions): ConnectionOptions {
  return options;
}

/** Runs something for so long at most; then the exit code says so. */
async function inTime(
  asker: Asker,
  timeoutMs: number | undefined,
  run: (asker: Asker) => Promise<number>,
): Promise<number> {
  if (timeoutMs === undefined) {
    return run(asker);
  }
  using deadline = createDeadline({ clock: systemClock, timeoutMs, parent: asker.signal });
  try {
    return await run({ ...asker, signal: deadline.signal });
  } catch (thrown) {
    asker.signal.throwIfAborted();
    if (deadline.signal.aborted) {
      process.stderr.write(`error: not ended within ${timeoutMs} ms; it goes on\n`);
      return exitCodes.timedOut;
    }
    throw thrown;
  }
}

/** @param output Null: print nothing. */
async function follow(asker: Asker, ids: readonly string[], output: Format | null): Promise<number> {
  const operations: FollowedOperation[] = await Promise.all(
    ids.map(async (id) => {
      const { operation } = dataOf(await ask(asker, ShowOperationDocument, { id }));
      if (operation === null) throw notFound(`operation "${id}"`);
      return operation;
    }),
  );
  const asLines = output === 'jsonl' || (output === 'table' && !process.stdout.isTTY);
  const ended = await followOperations(asker, operations, asLines);
  if (output !== null && !asLines) {
    const data = { operations: { nodes: ended } };
    process.stdout.write(formatAnswer({ data, errors: [], extensions: {}, endpoint: '', status: 200 }, output));
  }
  return ended.every(({ state }) => state === 'SUCCEEDED') ? exitCodes.ok : exitCodes.error;
}

function cancelCommand(): Command {
  return withOutput(new Command('cancel'))
    .description('Ask for an operation to be ended, and follow it to its end; of a bulk, what has not begun.')
    .argument('<id>', 'its global id')
    .option('--no-wait', 'do not follow it to its end')
    .action((id: string, options: OutputOptions & { readonly wait: boolean }) =>
      runAsker(options, async (asker) => {
        const asked = await askForChange(asker, CancelOperationDocument, { id });
        if (asked.payload.operation === null) throw notFound(`operation "${id}"`);
        return concludeChanges(asker, [asked], { ...options, dryRun: false, accept: ['CANCELLED'] });
      }),
    );
}
