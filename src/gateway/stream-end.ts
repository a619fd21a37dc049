import type { FormattedExecutionResult } from 'graphql';

import { type ErrorCode, messageOf } from '../core/errors.ts';
import type { SourceError } from '../merge/combine.ts';
import { isNotUnderstood } from './peer-answer.ts';
import { isRefusal } from './reading.ts';

// Why a subscription at a source ended: by itself, because the question is at fault, or because it was lost.

/** How a subscription at a source ended. */
export type StreamEnd =
  /** There is nothing more to come. */
  | { readonly kind: 'complete' }
  /** The question is at fault: every broker would say the same. */
  | { readonly kind: 'refused'; readonly error: SourceError }
  /** Another broker, or this one later, may go on. */
  | {
      readonly kind: 'lost';
      readonly message: string;
      /** True if the broker itself said so, and is well otherwise. */
      readonly answered: boolean;
      /** True if it does not understand the question, because it is of another version. */
      readonly isUnsupported?: boolean;
      /** True if whoever asks may see nothing there. */
      readonly isForbidden?: boolean;
    };

/** The status of a source whose stream ended so before it had begun. */
export function statusOfEnd(
  end: Pick<StreamEnd & { readonly kind: 'lost' }, 'isUnsupported' | 'isForbidden'>,
): AwayStatus {
  return end.isForbidden === true ? 'FORBIDDEN' : end.isUnsupported === true ? 'UNSUPPORTED' : 'UNREACHABLE';
}

/** How a source is that has no stream. */
export type AwayStatus = 'UNREACHABLE' | 'UNSUPPORTED' | 'FORBIDDEN';

/** What graphql-ws gave as an error: errors of GraphQL, the end of the socket, or why it could not be opened. */
export function lossOf(thrown: unknown, problem: string | null): StreamEnd {
  if (Array.isArray(thrown)) {
    return endByErrors(thrown as readonly SourceError[]);
  }
  const { code, reason, message } = Object(thrown) as Readonly<Record<string, unknown>>;
  const said = [reason, message].find((text) => typeof text === 'string' && text !== '') as string | undefined;
  const closed = typeof code === 'number' ? `it closed the connection with ${code}` : null;
  const words = [closed, said ?? (closed === null ? messageOf(thrown) : null)].filter((word) => word !== null);
  return { kind: 'lost', message: problem ?? words.join(': '), answered: false };
}

/** What errors in place of events mean. */
export function endByErrors(errors: FormattedExecutionResult['errors'] | readonly SourceError[]): StreamEnd {
  const [first] = errors ?? [];
  if (first && isRefusal(first)) {
    return { kind: 'refused', error: first };
  }
  const message = first?.message ?? 'it sent an event without data';
  const isForbidden = first?.extensions?.['code'] === ('FORBIDDEN' satisfies ErrorCode);
  const isUnsupported = first !== undefined && isNotUnderstood(first);
  return { kind: 'lost', message, answered: true, isUnsupported, isForbidden };
}
