import { timingsOf, validatorOf } from '../model/revalidation.ts';
import type { ReadyAnswer } from './ready-answer.ts';
import type { HttpRequestContext } from './request-context.ts';

// The answer to a broker of another site: whole, or only that it has not changed, with as few headers as will do.

interface LinkAnswerOptions {
  readonly context: HttpRequestContext;
  readonly status: number;
  /** The result of the operation as JSON, without its coverage. */
  readonly content: Buffer;
  /** True if the text of the operation came with the request and is known from now on. */
  readonly isKept: boolean;
}

/** Makes the answer. */
export function linkAnswer({ context, status, content, isKept }: LinkAnswerOptions): ReadyAnswer {
  const coverages = Object.fromEntries(context.coverage);
  const wanted = status === 200 ? (context.link?.ifUnchanged ?? null) : null;
  const validator = wanted === null ? null : validatorOf(content, coverages);
  // Whoever sends a text is told that it need not do so again, and in which encodings it may send bodies.
  const kept = isKept ? { 'sitewide-link': 'zstd' } : {};
  if (validator !== null && validator === wanted) {
    const headers = { ...kept, 'sitewide-unchanged': '1' };
    return { status, headers, unneeded, body: Buffer.from(JSON.stringify(timingsOf(coverages))) };
  }
  return {
    status,
    headers: { ...kept, ...(validator !== null && { 'sitewide-validator': validator }) },
    unneeded,
    body: withCoverage(content, coverages),
  };
}

/** The text of an object with the coverage as its last member. */
function withCoverage(content: Buffer, coverages: object): Buffer {
  return Object.keys(coverages).length === 0
    ? content
    : Buffer.concat([content.subarray(0, -1), Buffer.from(`,"extensions":{"coverage":${JSON.stringify(coverages)}}}`)]);
}

/** Brokers cache nothing by HTTP's rules, look at no types, and know their own request. */
const unneeded = ['sitewide-request-id', 'cache-control', 'x-content-type-options'];
