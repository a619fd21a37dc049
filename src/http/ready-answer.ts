import type { IncomingHttpHeaders } from 'node:http';

import { compress, type Encoding, encodings, worthwhileBytes } from '../core/compression.ts';
import { release } from '../core/release.ts';
import type { Tier } from '../model/coverage.ts';

// An answer that is ready to be sent, and how it is made smaller for those who said that they can read it so. Brokers of a
// site never do: on a local network compressing takes longer than sending.

/** An answer before its first byte is sent. */
export interface ReadyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that each answer has, and that whoever gets this one does not need. */
  readonly unneeded?: readonly string[];
  /** Bytes, so that the text they were made from can go while a slow reader takes them; or parts as they come. */
  readonly body: Buffer | AsyncIterable<Buffer | string>;
  /** True if others are sent the same bytes; otherwise they are given back once they are sent. */
  readonly isShared?: boolean;
}

interface EncodeOptions {
  /** Of the request. */
  readonly headers: IncomingHttpHeaders;
  readonly tier: Tier;
}

/** The answer compressed, if its reader takes that and it is large enough to be worth it. */
export async function encodeAnswer(answer: ReadyAnswer, { headers: asked, tier }: EncodeOptions): Promise<ReadyAnswer> {
  const { body, headers } = answer;
  if (tier === 'INSTALLATION' || !('length' in body) || body.length < worthwhileBytes) {
    return answer;
  }
  const vary = { vary: 'accept-encoding' };
  const encoding = chooseEncoding(asked['accept-encoding'] ?? '');
  if (encoding === null) {
    return { ...answer, headers: { ...headers, ...vary } };
  }
  const compressed = await compress(body, encoding);
  if (!answer.isShared) {
    release(body);
  }
  return {
    ...answer,
    headers: { ...headers, ...vary, 'content-encoding': encoding },
    body: compressed,
    isShared: false,
  };
}

/** The best encoding that a reader takes (RFC 9110, section 12.5.3), or null for none. */
function chooseEncoding(accepted: string): Encoding | null {
  const weights = new Map(accepted.split(',').map(readWeight));
  const weightOf = (encoding: Encoding): number => weights.get(encoding) ?? weights.get('*') ?? 0;
  const [best] = [...encodings].sort((a, b) => weightOf(b) - weightOf(a));
  return best !== undefined && weightOf(best) > 0 ? best : null;
}

function readWeight(text: string): readonly [name: string, weight: number] {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice('q='.length) ?? '1';
  return [name === 'x-gzip' ? 'gzip' : name, Number(weight) || 0];
}
