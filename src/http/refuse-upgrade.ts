import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

import type { SitewideError } from '../core/errors.ts';
import { retryAfterOf } from './refuse.ts';

// The end of a request for a WebSocket that gets none: an ordinary HTTP answer, written by hand, since node gives no
// response for such a request, and the end of its connection.

/** Answers with an error in the shape of a GraphQL result. */
export function refuseUpgrade(
  socket: Duplex,
  error: SitewideError,
  headers: readonly (readonly [name: string, value: string])[],
): void {
  const body = JSON.stringify({ errors: [{ message: error.message, extensions: error.extensions }] });
  const retryAfter = retryAfterOf(error);
  const all = [
    ...headers,
    ['content-type', 'application/json; charset=utf-8'],
    ['content-length', String(Buffer.byteLength(body))],
    ['cache-control', 'no-store'],
    ['connection', 'close'],
    ...(retryAfter === null ? [] : [['retry-after', retryAfter]]),
  ];
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  // A caller who is gone by now needs no answer.
  socket.on('error', () => undefined);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}\r\n${lines}\r\n${body}`);
}
