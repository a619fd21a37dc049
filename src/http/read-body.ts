import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import { decompress, type Encoding, encodings } from '../core/compression.ts';
import { SitewideError } from '../core/errors.ts';
import { refuseDeepNesting } from './nesting.ts';

// Reads the JSON body of a request, in two steps: between them the request waits for its place, so that a slow sender
// takes no place and nothing is parsed for a request that is turned away.

/** So many times the limit is read and thrown away, so that the caller gets to see the refusal and not a reset. */
const discardFactor = 8;

/**
 * The bytes of a JSON body.
 * @param signal Ends the wait for a slow sender.
 * @throws SitewideError `UNSUPPORTED_MEDIA_TYPE`, `BODY_TOO_LARGE`, or the signal's reason.
 */
export async function readJsonBytes(
  request: IncomingMessage,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  refuseOtherMediaTypes(request);
  return readBytes(request, limitBytes, signal);
}

/**
 * The bytes of a body as they were before it was compressed.
 * @throws SitewideError `BODY_TOO_LARGE` or `BAD_REQUEST`.
 */
export async function decodeBody(bytes: Buffer, headers: IncomingHttpHeaders, limitBytes: number): Promise<Buffer> {
  const encoding = encodings.find((name) => name === headers['content-encoding']);
  if (encoding === undefined) {
    return bytes;
  }
  try {
    return await decompress(bytes, encoding, limitBytes);
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? new SitewideError('BODY_TOO_LARGE', { limitBytes }, { cause })
      : new SitewideError('BAD_REQUEST', { problem: `the body is not ${encoding}` }, { cause });
  }
}

/**
 * The JSON value of a body.
 * @throws SitewideError `OPERATION_TOO_COMPLEX` or `BAD_REQUEST`.
 */
export function parseJsonBody(bytes: Buffer): unknown {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw new SitewideError('BAD_REQUEST', { problem: 'the body is not UTF-8' }, { cause });
  }
  refuseDeepNesting(text);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new SitewideError('BAD_REQUEST', { problem: 'the body is not JSON' }, { cause });
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function refuseOtherMediaTypes({ headers }: IncomingMessage): void {
  const contentType = headers['content-type'] ?? '';
  const [essence = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  const readable = charset === undefined || /^"?utf-?8"?$/.test(charset);
  if (essence !== 'application/json' || !readable) {
    throw new SitewideError('UNSUPPORTED_MEDIA_TYPE', { found: contentType.slice(0, 100) });
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity' && !encodings.includes(encoding as Encoding)) {
    throw new SitewideError('UNSUPPORTED_MEDIA_TYPE', {
      found: `${contentType}, encoded as ${encoding}`.slice(0, 100),
    });
  }
}

/** By its events: reading it as a stream of parts takes several times as long, and most bodies are one part. */
function readBytes(request: IncomingMessage, limitBytes: number, signal: AbortSignal): Promise<Buffer> {
  const most = limitBytes * discardFactor;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (how: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('error', fail).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      how();
    };
    const fail = (thrown: unknown): void => settle(() => reject(thrown));
    const refuse = (): void => fail(new SitewideError('BODY_TOO_LARGE', { limitBytes }));
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= limitBytes) {
        chunks.push(chunk);
      } else if (length > most) {
        // The connection stays, as the refusal has yet to go out on it.
        request.pause();
        refuse();
      }
    };
    const onEnd = (): void => {
      if (length > limitBytes) {
        refuse();
      } else {
        settle(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
      }
    };
    const onAbort = (): void => fail(signal.reason);
    const onClose = (): void => fail(new SitewideError('CANCELLED', {}));
    if (signal.aborted) {
      onAbort();
    } else if (Number(request.headers['content-length'] ?? 0) > most) {
      refuse();
    } else {
      signal.addEventListener('abort', onAbort, { once: true });
      request.on('data', onData).once('end', onEnd).once('error', fail).once('close', onClose);
    }
  });
}
