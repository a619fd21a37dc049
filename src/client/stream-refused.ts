import { messageOf } from '../core/errors.ts';

// Why a stream ended: a broker refused it, as any other one would, or it was lost.

interface SentError {
  readonly message: string;
  readonly extensions?: { readonly code?: unknown; readonly retryable?: unknown };
}

/** A broker refused the subscription, with the error that it would answer a query with. */
export class StreamRefused extends Error {
  override readonly name = 'StreamRefused';
  /** The GraphQL code, for example `INVALID_ID`; null if it gave none. */
  readonly code: string | null;

  constructor({ message, extensions }: SentError) {
    super(message);
    this.code = typeof extensions?.code === 'string' ? extensions.code : null;
  }
}

/** The error of a subscription that no other endpoint would take either; null if another one may. */
export function refusalOf(thrown: unknown): StreamRefused | null {
  const first = Array.isArray(thrown) ? (thrown as readonly SentError[])[0] : errorOfClose(thrown);
  return first === undefined || first.extensions?.retryable === true ? null : new StreamRefused(first);
}

/** Who may not open a socket has it closed with 4401 or 4403, and an error's code and message as the reason. */
function errorOfClose(thrown: unknown): SentError | undefined {
  const { code, reason = '' } = (thrown ?? {}) as { readonly code?: unknown; readonly reason?: string };
  if (code !== 4401 && code !== 4403) {
    return undefined;
  }
  const [, errorCode, message] = /^([A-Z_]+): (.*)$/.exec(reason) ?? [];
  return { message: message ?? (reason || 'the connection was refused'), extensions: { code: errorCode ?? null } };
}

/** Why a stream was lost: graphql-ws gives the socket's close event, or the errors that a broker sent. */
export function lostMessage(thrown: unknown): string {
  if (Array.isArray(thrown)) {
    return (thrown as readonly SentError[]).map(({ message }) => message).join('; ');
  }
  const { code, reason } = (thrown ?? {}) as { readonly code?: number; readonly reason?: string };
  return typeof code === 'number'
    ? `the connection was closed (${code}${reason ? ` ${reason}` : ''})`
    : messageOf(thrown);
}
