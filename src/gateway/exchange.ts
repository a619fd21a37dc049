import type { IncomingHttpHeaders } from 'node:http';

import type { Dispatcher } from 'undici';

import { release } from '../core/release.ts';

// One HTTP request whose answer is taken as a whole. Nobody reads such answers bit by bit, so that no stream is made for each:
// of a request to a broker nearby, that would be a third of its cost (measured).

/** An answer. */
export interface Exchanged {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  /** Its memory is nobody else's. */
  readonly body: Buffer;
}

interface ExchangeOptions {
  /** With its query, if it has one. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  readonly signal: AbortSignal;
}

/**
 * Sends a request and takes the answer. Rejects with whatever the network throws, or the signal's reason. It is one promise and no
 * more, since what is awaited on the way of each answer is a good part of what a small one costs.
 */
export function exchange(
  dispatcher: Dispatcher,
  { path, method, headers, body, signal }: ExchangeOptions,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let head: Omit<Exchanged, 'body'> | null = null;
    let controller: Dispatcher.DispatchController | null = null;
    const abort = (): void => {
      // One that still waits for a connection has no controller; it is aborted as soon as it gets one.
      controller?.abort(signal.reason as Error);
      reject(signal.reason as Error);
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    dispatcher.dispatch(
      { path, method, headers, body },
      {
        onRequestStart(started) {
          controller = started;
          if (signal.aborted) {
            started.abort(signal.reason as Error);
          }
        },
        onResponseStart(_, statusCode, responseHeaders) {
          // Before those from 200 on there may be others, which say nothing.
          head = statusCode < 200 ? null : { statusCode, headers: responseHeaders };
        },
        onResponseData: (_, chunk) => void chunks.push(chunk),
        onResponseEnd() {
          signal.removeEventListener('abort', abort);
          const { statusCode, headers: found } = head!;
          resolve({ statusCode, headers: found, body: joined(chunks) });
        },
        onResponseError(_, error) {
          signal.removeEventListener('abort', abort);
          reject(error);
        },
      },
    );
  });
}

/** The memory of the parts is given back. */
function joined(chunks: readonly Buffer[]): Buffer {
  if (chunks.length === 1) {
    return chunks[0]!;
  }
  const body = Buffer.concat(chunks);
  chunks.forEach(release);
  return body;
}
