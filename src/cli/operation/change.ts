import { randomUUID } from 'node:crypto';

import { Option, type Command } from 'commander';
import type { TypedQueryDocumentNode } from 'graphql';

import type { OperationState, PayloadFieldsFragment } from '../../../schema/generated/client.ts';
import type { Answer } from '../../client/answer.ts';
import { ask, type Asker, conclude, dataOf, note } from '../ask.ts';
import { coverageOfAnswer, exitCodeOfAnswer, exitCodes, type ExitCode } from '../exit-code.ts';
import { formatAnswer, formats, type Format } from '../output/format.ts';
import { visibleText } from '../output/text.ts';
import { type FollowedOperation, followOperations } from './follow.ts';

// What all commands that change something have in common: one key for all attempts, refusals a line each, and following
// what was accepted to its end.

/** The options of every change. */
export interface ChangeOptions {
  readonly dryRun: boolean;
  readonly idempotencyKey?: string;
  /** False: only print what was accepted. */
  readonly wait: boolean;
  readonly output: Format;
  /** The states that are the wanted end; only SUCCEEDED if it is not said. */
  readonly accept?: readonly OperationState[];
}

/** Adds the options to a command. */
export function withChange(command: Command): Command {
  return command
    .option('--dry-run', 'check it, say what would be done, and change nothing', false)
    .option('--idempotency-key <text>', 'the same request with the same key is carried out once (default: a new one)')
    .option('--no-wait', 'do not follow the operation to its end')
    .addOption(new Option('-o, --output <format>', 'how to print the operations').choices(formats).default('table'));
}

/** What every change has in its input. */
export function changeInput({ dryRun, idempotencyKey }: ChangeOptions): { dryRun: boolean; idempotencyKey: string } {
  return { dryRun, idempotencyKey: idempotencyKey ?? randomUUID() };
}

/** The answer to one change. */
export interface Asked {
  readonly answer: Answer;
  readonly payload: PayloadFieldsFragment;
}

/** Asks for a change whose document has one root field. Throws CommandFailure if it met an error. */
export async function askForChange<Input>(
  asker: Asker,
  document: TypedQueryDocumentNode<Readonly<Record<string, PayloadFieldsFragment | null>>, { readonly input: Input }>,
  input: Input,
): Promise<Asked> {
  const answer = await ask(asker, document, { input });
  const payload = Object.values(dataOf(answer))[0];
  return { answer, payload: payload ?? { operation: null, userErrors: [], preview: null, targetCount: null } };
}

/** Prints refusals, previews and operations, and follows these to their end. Gives the exit code: the gravest counts. */
export async function concludeChanges(
  asker: Asker,
  asked: readonly Asked[],
  options: ChangeOptions,
): Promise<ExitCode> {
  const { accept = ['SUCCEEDED'] } = options;
  const refusals = asked.flatMap(({ payload }) => payload.userErrors ?? []);
  for (const { code, field, message } of refusals) {
    note(visibleText(`refused: ${message}${field ? ` (${field}, ${code})` : ` (${code})`}`));
  }
  for (const { payload } of asked) {
    payload.preview?.forEach((line) => process.stdout.write(`${visibleText(line)}\n`));
    if (options.dryRun && (payload.targetCount ?? 0) > (payload.preview?.length ?? 0)) {
      note(`… ${payload.targetCount} machines in all`);
    }
  }
  const codes = asked.map(({ answer }) => concludeChange(answer)).filter((code) => code !== exitCodes.notFound);
  const operations = asked.flatMap(({ payload }) => payload.operation ?? []);
  const ended = await printOperations(asker, operations, options);
  return gravest([
    ...(refusals.length > 0 ? [exitCodes.refused] : []),
    ...ended.map(({ state }) => (options.wait && !accept.includes(state!) ? exitCodes.error : exitCodes.ok)),
    ...codes,
  ]);
}

/** Of a change that concerns one installation, or was taken everywhere, there is nothing more to say. */
function concludeChange(answer: Answer): ExitCode {
  const isComplete = Object.values(coverageOfAnswer(answer)).every(({ complete }) => complete);
  return answer.errors.length === 0 && isComplete ? exitCodeOfAnswer(answer) : conclude(answer);
}

/** Lines for scripts are printed as they come; a table has the ends. */
async function printOperations(
  asker: Asker,
  operations: readonly FollowedOperation[],
  { wait, output }: ChangeOptions,
): Promise<readonly FollowedOperation[]> {
  if (operations.length === 0) {
    return [];
  }
  const asLines = wait && (output === 'jsonl' || (output === 'table' && !process.stdout.isTTY));
  const last = wait ? await followOperations(asker, operations, asLines) : operations;
  if (!asLines) {
    process.stdout.write(formatAnswer(answerOf(last), output));
  }
  return last;
}

/** Operations as the answer that a format prints: a table has what people look for. */
function answerOf(operations: readonly FollowedOperation[]): Answer {
  const nodes = operations.map(({ id, kind, state, progress, targetName, installation, error }) => ({
    id,
    kind,
    state,
    progress,
    targetName,
    installation: installation?.localId ?? null,
    error: error === null ? null : `${error.code}: ${error.message}`,
  }));
  return { data: { operations: { nodes } }, errors: [], extensions: {}, endpoint: '', status: 200 };
}

function gravest(codes: readonly ExitCode[]): ExitCode {
  const order = [exitCodes.notAllowed, exitCodes.nobodyAnswered, exitCodes.refused, exitCodes.error, exitCodes.partial];
  return order.find((code) => codes.includes(code)) ?? exitCodes.ok;
}
