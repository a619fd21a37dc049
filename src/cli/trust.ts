import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';

import { messageOf, SitewideError } from '../core/errors.ts';

// HTTPS and WebSockets that trust certificates of one's own. It is here and not in the client, which browsers load as well.

/** What a client reaches servers with. */
export interface Reach {
  readonly fetch: typeof globalThis.fetch;
  readonly webSocket: typeof WebSocket;
}

/**
 * Trusts what the certificates of a file vouch for, and nobody else.
 * @param andSystem True to trust whom Node trusts as well.
 * @throws SitewideError `CONFIG_INVALID` if the file cannot be used.
 */
export async function trusting(file: string, andSystem = false): Promise<Reach> {
  const own = await readCertificates(file);
  // Loaded only for those who need it: the fetch of Node has no way to be given certificates.
  const { Agent, fetch, WebSocket: UndiciWebSocket } = await import('undici');
  const dispatcher = new Agent({ connect: { ca: andSystem ? [...rootCertificates, own] : own } });
  const TrustingSocket = class extends UndiciWebSocket {
    constructor(url: string | URL, protocols: string | string[] = []) {
      super(url, { protocols, dispatcher });
    }
  };
  const trustingFetch = (input: unknown, init?: object): Promise<unknown> =>
    fetch(input as Parameters<typeof fetch>[0], { ...init, dispatcher });
  return {
    fetch: trustingFetch as typeof globalThis.fetch,
    webSocket: TrustingSocket as unknown as typeof WebSocket,
  };
}

async function readCertificates(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new SitewideError('CONFIG_INVALID', { file, problem: messageOf(cause) }, { cause });
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new SitewideError('CONFIG_INVALID', { file, problem: 'there is no certificate in it, as PEM' });
  }
  return text;
}
