import { SitewideError } from '../core/errors.ts';
import type { Answer, AnswerError } from '../client/answer.ts';

// What a script learns from the exit code, in one table.

/** The exit codes of all commands. */
export const exitCodes = {
  ok: 0,
  error: 1,
  usage: 2,
  partial: 3,
  nobodyAnswered: 4,
  notFound: 5,
  refused: 6,
  timedOut: 7,
  notAllowed: 8,
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The exit code of an error by its GraphQL code; those that are not here are plain errors. */
const byErrorCode: Readonly<Record<string, ExitCode>> = {
  NO_SOURCE_ANSWERED: exitCodes.nobodyAnswered,
  COVERAGE_NOT_MET: exitCodes.nobodyAnswered,
  ENDPOINT_UNREACHABLE: exitCodes.nobodyAnswered,
  DEADLINE_EXCEEDED: exitCodes.nobodyAnswered,
  UNAUTHENTICATED: exitCodes.notAllowed,
  FORBIDDEN: exitCodes.notAllowed,
  ENDPOINT_UNSAFE: exitCodes.usage,
  CONTEXT_UNKNOWN: exitCodes.usage,
  ISSUER_UNAVAILABLE: exitCodes.nobodyAnswered,
};

/** Whatever is wrong with a token or a login: one is not let in. */
const notLetIn = /^(TOKEN|LOGIN)_/;

/** The exit code of an answer. The gravest counts: not allowed, nobody answered, error, partial, not found. */
export function exitCodeOfAnswer(answer: Answer): ExitCode {
  if (answer.status === 401 || answer.status === 403) {
    return exitCodes.notAllowed;
  }
  const codes = answer.errors.map(exitCodeOfAnswerError);
  const gravest = [exitCodes.notAllowed, exitCodes.nobodyAnswered, exitCodes.error].find((code) =>
    codes.includes(code),
  );
  if (gravest !== undefined) {
    return gravest;
  }
  if (Object.values(coverageOfAnswer(answer)).some(({ complete }) => !complete)) {
    return exitCodes.partial;
  }
  const values = Object.values(answer.data ?? {});
  return values.length > 0 && values.every((value) => value === null) ? exitCodes.notFound : exitCodes.ok;
}

/** The exit code of something thrown. */
export function exitCodeOfError(thrown: unknown): ExitCode {
  return thrown instanceof SitewideError ? exitCodeOfCode(String(thrown.code)) : exitCodes.error;
}

/** The exit code of a GraphQL code. */
export function exitCodeOfCode(code: string): ExitCode {
  return byErrorCode[code] ?? (notLetIn.test(code) ? exitCodes.notAllowed : exitCodes.error);
}

/** The coverage of one field as it stands in an answer. */
export interface AnswerCoverage {
  readonly complete: boolean;
  readonly sources: readonly {
    readonly id: string;
    readonly tier?: string;
    readonly parent?: string | null;
    readonly status: string;
    readonly message?: string | null;
  }[];
}

/** `extensions.coverage` of an answer, by response path; empty if there is none. */
export function coverageOfAnswer({ extensions }: Pick<Answer, 'extensions'>): Readonly<Record<string, AnswerCoverage>> {
  return (extensions['coverage'] ?? {}) as Record<string, AnswerCoverage>;
}

function exitCodeOfAnswerError({ extensions }: AnswerError): ExitCode {
  const code = extensions?.['code'];
  return typeof code === 'string' ? exitCodeOfCode(code) : exitCodes.error;
}
