import { print, type TypedQueryDocumentNode } from 'graphql';

import type { Answer } from '../client/answer.ts';
import type { Connection, ConnectionOptions } from './connection.ts';
import { exitCodeOfAnswer, exitCodes, type ExitCode } from './exit-code.ts';
import { remarksOf } from './output/remarks.ts';
import { visibleText } from './output/text.ts';

// What all client commands do with typed documents: ask, say on stderr what is to be said, and end with an exit code.

/** An answer with the type of its document's data. */
export interface TypedAnswer<Data> extends Answer {
  readonly data: (Data & Answer['data']) | null;
}

/** What a command asks with. */
export interface Asker {
  readonly connection: Connection;
  readonly options: ConnectionOptions;
  readonly signal: AbortSignal;
}

/** Ends a command with a message and an exit code of its own. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Asks with a document. Throws as the transport. */
export async function ask<Data, Variables>(
  { connection, options, signal }: Asker,
  document: TypedQueryDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<TypedAnswer<Data>> {
  const { timeout: timeoutMs } = options;
  const values = variables as Readonly<Record<string, unknown>>;
  return (await connection.transport.request(print(document), values, { signal, timeoutMs })) as TypedAnswer<Data>;
}

/**
 * The data of an answer that must be there to go on.
 * @throws CommandFailure with the errors and the exit code of the answer if it has any.
 */
export function dataOf<Data>(answer: TypedAnswer<Data>): Data {
  if (answer.data === null || answer.errors.length > 0) {
    const lines = remarksOf(answer).filter((line) => line.startsWith('error: '));
    throw new CommandFailure(lines.join('\n').replace(/^error: /, ''), exitCodeOfAnswer(answer));
  }
  return answer.data;
}

/** Says on stderr what is to be said about an answer; the exit code of it. */
export function conclude(answer: Answer): ExitCode {
  for (const remark of remarksOf(answer)) {
    note(remark);
  }
  return exitCodeOfAnswer(answer);
}

/** A line on stderr. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** There is no such thing. */
export function notFound(what: string): CommandFailure {
  return new CommandFailure(visibleText(`there is no ${what}`), exitCodes.notFound);
}
