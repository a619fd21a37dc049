import { Command, InvalidArgumentError, Option } from 'commander';

import { type AuditEventFilter, ListAuditEventsDocument } from '../../schema/generated/client.ts';
import { verify, type VerifyOptions } from './audit/verify.ts';
import { ask, conclude, type Asker } from './ask.ts';
import { collect, collectUpper } from './collect.ts';
import { withConnection, type ConnectionOptions } from './connection.ts';
import { formatAnswer, formats, type Format } from './output/format.ts';
import { allPages, withoutPaging } from './pages.ts';
import { runAsker } from './run.ts';
import { parseLimit } from './vm/list.ts';

// `sitewide audit`: reading the audit trails, and whether they are as they were written.

interface ListOptions extends ConnectionOptions {
  readonly actor?: readonly string[];
  readonly action?: readonly string[];
  readonly outcome?: readonly string[];
  readonly address?: readonly string[];
  readonly site?: readonly string[];
  readonly installation?: readonly string[];
  readonly target?: string;
  readonly operation?: string;
  readonly request?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
  readonly all: boolean;
  readonly output: Format;
}

/** The command. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('Read and verify the audit trails.')
    .addHelpText(
      'after',
      `
Examples:
  $ sitewide audit list --outcome REFUSED --since 2026-11-01
  $ sitewide audit list --target ID --all -o jsonl
  $ sitewide audit verify --federation
  $ sitewide audit verify --since-hash 5f0c…    the trail still has what it had when this was its head

Exit codes: 0 ok · 1 a trail is broken, or another error · 2 usage · 3 partial answer · 4 nobody answered · 8 not allowed ·
130 interrupted`,
    )
    .addCommand(listCommand())
    .addCommand(verifyCommand());
}

function listCommand(): Command {
  return withConnection(new Command('list'))
    .description('List who changed what, or was not let, the newest first.')
    .option('--actor <name>', 'only of this actor; repeatable', collect)
    .option('--action <action>', 'only about this, such as SET_POWER_STATE; repeatable', collectUpper)
    .option('--outcome <outcome>', 'ACCEPTED, REFUSED, SUCCEEDED, FAILED or CANCELLED; repeatable', collectUpper)
    .option('--address <address>', 'only from this address; repeatable', collect)
    .option('--site <id>', 'only of this site; repeatable', collect)
    .option('--installation <id>', 'only of this installation; repeatable', collect)
    .option('--target <id>', 'only about the machine with this global id')
    .option('--operation <id>', 'only about the operation with this global id')
    .option('--request <id>', 'only of this request')
    .option('--since <time>', 'only from this time on, such as 2026-11-23 or 2026-11-23T08:00:00Z', parseTime)
    .option('--until <time>', 'only before this time', parseTime)
    .option('--limit <n>', 'so many at most, 1 to 1000', parseLimit, 50)
    .option('--all', 'every one, page by page', false)
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(formats).default('table'))
    .action((options: ListOptions) => runAsker(options, (asker) => list(asker, options)));
}

async function list(asker: Asker, options: ListOptions): Promise<number> {
  const filter = filterOf(options);
  const read = async (after: string | null, first: number) =>
    ask(asker, ListAuditEventsDocument, { filter, first, after });
  const answer = options.all
    ? await allPages('auditEvents', (after) => read(after, 1_000))
    : await read(null, options.limit);
  process.stdout.write(formatAnswer(withoutPaging(answer, 'auditEvents'), options.output));
  return conclude(answer);
}

/** The words of a filter are the schema's; the broker refuses one that it does not know, by name. */
function filterOf(options: ListOptions): AuditEventFilter {
  const { actor, action, outcome, address, site, installation, target, operation, request, since, until } = options;
  const among = (values: readonly string[] | undefined) => (values === undefined ? null : { in: values });
  const exactly = (value: string | undefined) => (value === undefined ? null : { eq: value });
  return {
    at: since === undefined && until === undefined ? null : { gte: since ?? null, lt: until ?? null },
    action: (action ?? null) as AuditEventFilter['action'],
    outcome: (outcome ?? null) as AuditEventFilter['outcome'],
    actor: among(actor),
    address: among(address),
    site: among(site),
    installation: among(installation),
    targetId: exactly(target),
    operationId: exactly(operation),
    requestId: exactly(request),
  };
}

function verifyCommand(): Command {
  return withConnection(new Command('verify'))
    .description('Verify that the trails are as they were written, and print their heads, to be kept elsewhere.')
    .option('--installation <id>', 'only the trail of this installation; repeatable', collect)
    .option('--since-hash <hash>', 'a head that was printed earlier and has to be there still; repeatable', collectHash)
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['table', 'jsonl']).default('table'))
    .action((options: ConnectionOptions & VerifyOptions) => runAsker(options, (asker) => verify(asker, options)));
}

function parseTime(text: string): string {
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : null;
  if (time === null || Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError('It must be a date or a time, such as 2026-11-23T08:00:00Z.');
  }
  return time.toISOString();
}

function collectHash(text: string, sofar: readonly string[] | undefined): readonly string[] {
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new InvalidArgumentError('It must be 64 hexadecimal digits.');
  }
  return collect(text, sofar);
}
