import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';

import { Command, Option } from 'commander';

import { messageOf, SitewideError } from '../core/errors.ts';
import { connectTo, withConnection, type ConnectionOptions } from './connection.ts';
import { exampleQuery } from './example-query.ts';
import { exitCodeOfAnswer } from './exit-code.ts';
import { drawExplanation } from './output/explain.ts';
import { formatAnswer, formats } from './output/format.ts';
import type { Format } from './output/format.ts';
import { remarksOf } from './output/remarks.ts';
import { collectVariable, parseVariables } from './variables.ts';
import { interruptible } from './interrupt.ts';

// `sitewide query`: one operation, its data on stdout, everything said about it on stderr.

/** Where nobody tells how wide the output is. */
const defaultColumns = 120;

const examples = `
Examples:
  $ sitewide query
  $ sitewide query '{ virtualMachineSummary { count memoryMiB } }'
  $ sitewide query -o jsonl '{ virtualMachines(first: 1000) { nodes { id name } } }' | jq .name
  $ sitewide query 'query($n: String) { virtualMachines(filter: {name: {contains: $n}}) { nodes { name } } }' --var n=web
  $ sitewide query --file inventory.graphql --endpoint http://a:4000/graphql --endpoint http://b:4000/graphql
  $ sitewide query --explain '{ hosts { totalCount } }'
  $ echo '{ site { id } }' | sitewide query -

Data goes to stdout; coverage and errors go to stderr. json and yaml are the whole answer with its extensions; jsonl is
one line a row; name is the name of each row. If the first endpoint does not answer, or not soon, the others are asked
(a mutation only if its "input" has an "idempotencyKey").

Exit codes: 0 complete · 1 error · 2 usage · 3 partial answer · 4 nobody answered, or coverage not met · 5 not found ·
8 not authenticated or forbidden · 130 interrupted`;

interface QueryOptions extends ConnectionOptions {
  readonly file?: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly var: Readonly<Record<string, unknown>>;
  readonly output: Format;
  readonly explain: boolean;
}

/** The command. It sets the exit code of the process by the answer. */
export function queryCommand(): Command {
  return withConnection(new Command('query'))
    .description('Asks a broker and prints its answer. Without QUERY it lists the first virtual machines by name.')
    .argument('[query]', 'the GraphQL operation, or - for standard input')
    .option('-f, --file <file>', 'read the operation from a file')
    .addOption(
      new Option('--variables <json>', 'variables as a JSON object').argParser(parseVariables).default({}, 'none'),
    )
    .addOption(
      new Option('--var <name=value>', 'one variable, its value JSON or text; repeatable')
        .argParser(collectVariable)
        .default({}, 'none'),
    )
    .addOption(new Option('-o, --output <format>', 'how to print the answer').choices(formats).default('table'))
    .option('--explain', 'say on stderr how the answer came about: sources, brokers, attempts, times', false)
    .addHelpText('after', examples)
    .action(runQuery);
}

async function runQuery(argument: string | undefined, options: QueryOptions, command: Command): Promise<void> {
  if (argument !== undefined && options.file !== undefined) {
    command.error('error: give the operation or --file, not both');
  }
  const query = await readQuery(argument, options.file);
  const { transport } = await connectTo(options);
  const variables = { ...options.variables, ...options.var };
  const answer = await interruptible((signal) =>
    transport.request(query, variables, { signal, timeoutMs: options.timeout, explain: options.explain }),
  );
  process.stdout.write(formatAnswer(answer, options.output));
  for (const remark of remarksOf(answer)) {
    process.stderr.write(`${remark}\n`);
  }
  if (options.explain && options.output !== 'json' && options.output !== 'yaml') {
    process.stderr.write(drawExplanation(answer, { columns: process.stderr.columns ?? defaultColumns }));
  }
  process.exitCode = exitCodeOfAnswer(answer);
}

async function readQuery(argument: string | undefined, file: string | undefined): Promise<string> {
  if (argument === '-') {
    return textOf(process.stdin);
  }
  if (file === undefined) {
    return argument ?? exampleQuery;
  }
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new SitewideError('BAD_REQUEST', { problem: `${file}: ${messageOf(cause)}` }, { cause });
  }
}
