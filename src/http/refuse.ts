import type { IncomingMessage, ServerResponse } from 'node:http';

import { SitewideError } from '../core/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { sendError } from './answer.ts';
import { challengeOf } from './challenge.ts';

// The end of a request that got no answer: its error as the whole answer, and what becomes of its connection.

interface RefuseOptions {
  readonly thrown: unknown;
  readonly requestId: string;
  readonly limits: { readonly bodyBytes: number };
  readonly logger: Logger;
}

/** Answers with an error, unless the answer has begun or nobody is there for it. */
export function refuse(request: IncomingMessage, response: ServerResponse, options: RefuseOptions): void {
  const { thrown, requestId, logger, limits } = options;
  if (response.destroyed || response.headersSent) {
    logger.debug({ err: thrown, requestId }, 'A caller went away before its answer.');
    response.destroy();
    return;
  }
  if (!restIsSmall(request, limits.bodyBytes)) {
    // Nobody reads a large rest only to throw it away.
    closeAfterwards(response);
  }
  if (thrown instanceof SitewideError) {
    const retryAfter = retryAfterOf(thrown as SitewideError);
    if (retryAfter !== null) {
      response.setHeader('retry-after', retryAfter);
    }
    const challenge = challengeOf(thrown as SitewideError);
    if (challenge !== null) {
      response.setHeader('www-authenticate', challenge);
    }
  }
  sendError(response, errorOf(thrown, options));
}

/** What whoever asked is told of a failure. One that nobody expected is logged. */
export function errorOf(
  thrown: unknown,
  { requestId, logger }: Pick<RefuseOptions, 'requestId' | 'logger'>,
): SitewideError {
  if (thrown instanceof SitewideError) {
    return thrown as SitewideError;
  }
  logger.error({ err: thrown, requestId }, 'A request met an error that nobody expected.');
  return new SitewideError('INTERNAL', {}, { cause: thrown, details: { requestId } });
}

/** Tells the caller to send nothing more on this connection. */
export function closeAfterwards(response: ServerResponse): void {
  if (!response.headersSent) {
    response.setHeader('connection', 'close');
  }
}

/** When the same request may be answered here, in whole seconds as the header has it; null if nobody can tell. */
export function retryAfterOf({ code, extensions: { retryAfterMs } }: SitewideError): string | null {
  if (typeof retryAfterMs === 'number') {
    return String(Math.max(1, Math.ceil(retryAfterMs / 1_000)));
  }
  return code === 'OVERLOADED' ? '1' : null;
}

/**
 * True if what is still to come of the body is little. Then node reads over it and the connection stays open: opening
 * thousands of new ones would cost an overloaded broker more than all its refusals.
 */
function restIsSmall({ complete, headers }: IncomingMessage, limitBytes: number): boolean {
  const announced = headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : Infinity;
  return complete || announced <= limitBytes;
}
