import { createHash } from 'node:crypto';

import { SitewideError } from '../core/errors.ts';
import { isObject } from '../core/is-object.ts';

// The operations that are known beforehand, because the clients that send them were built with them. They may be asked for by
// an id instead of their text, and nothing else may be asked where only they are trusted.

/** Whether clients may name documents, and whether they may send any others. */
export type TrustMode = 'only' | 'allow' | 'off';

/** What a client sends of a document: its text, its id, or both. */
export interface SentDocument {
  readonly query?: unknown;
  /** As the appendix of GraphQL over HTTP has it: `sha256:…`, or an id of the manifest. */
  readonly documentId?: unknown;
  /** Apollo's clients put the hash here: `{ persistedQuery: { version: 1, sha256Hash } }`. */
  readonly extensions?: unknown;
}

/** Knows documents. */
export interface TrustedDocuments {
  /**
   * What was sent, with the text of the document in it and its id no longer.
   * @throws SitewideError `DOCUMENT_NOT_TRUSTED`, `DOCUMENT_UNKNOWN`, `PERSISTED_QUERY_NOT_FOUND` or `BAD_REQUEST`.
   */
  complete<Sent extends SentDocument>(sent: Sent): Sent;
}

/** Knows none, and has everybody send what they like. */
export const anyDocument: TrustedDocuments = { complete: (sent) => sent };

/** Knows these. @param texts By id. */
export function createTrustedDocuments(mode: TrustMode, texts: ReadonlyMap<string, string>): TrustedDocuments {
  if (mode === 'off') {
    return anyDocument;
  }
  // Whatever an id is, the hash of the text is one as well.
  const known = new Map([...texts, ...[...texts.values()].map((text) => [sha256(text), text] as const)]);
  return {
    complete(sent) {
      const { query: _, documentId: __, extensions, ...rest } = sent;
      const text = textOf(sent, known, mode);
      return {
        ...rest,
        ...(text !== undefined && { query: text }),
        ...(extensions !== undefined && { extensions: isObject(extensions) ? withoutHash(extensions) : extensions }),
      } as typeof sent;
    },
  };
}

/**
 * The `search` of a request by GET with the text of the document in it and its id no longer.
 * @throws The same as `complete`.
 */
export function completeSearch(search: string, trusted: TrustedDocuments): string {
  if (trusted === anyDocument) {
    return search;
  }
  const sent = new URLSearchParams(search);
  const { query, documentId, extensions } = trusted.complete({
    query: sent.get('query') ?? undefined,
    documentId: sent.get('documentId') ?? undefined,
    extensions: parsed(sent.get('extensions')),
  });
  for (const [name, value] of Object.entries({ query, documentId, extensions })) {
    if (value === undefined) {
      sent.delete(name);
    } else {
      sent.set(name, typeof value === 'string' ? value : JSON.stringify(value));
    }
  }
  return `?${sent.toString()}`;
}

/** What is no JSON is left for others to refuse. */
function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}

/** Undefined where nothing was sent, which others refuse. */
function textOf(sent: SentDocument, known: ReadonlyMap<string, string>, mode: TrustMode): unknown {
  const { query } = sent;
  const id = idOf(sent);
  if (typeof query === 'string' && query !== '') {
    const hash = sha256(query);
    if (id !== null && id.value !== hash && known.get(id.value) !== query) {
      throw new SitewideError('BAD_REQUEST', { problem: 'the id of the document is that of another text' });
    }
    if (mode === 'only' && !known.has(hash)) {
      throw notTrusted(hash);
    }
    return query;
  }
  if (id === null) {
    return query;
  }
  const text = known.get(id.value);
  if (text === undefined) {
    throw mode === 'only' ? notTrusted(id.value) : unknown(id);
  }
  return text;
}

interface DocumentId {
  readonly value: string;
  /** True if it came in the way of Apollo's clients, who send the text if they are told so in their own words. */
  readonly isApollo: boolean;
}

function idOf({ documentId, extensions }: SentDocument): DocumentId | null {
  if (typeof documentId === 'string') {
    return { value: documentId.replace(/^sha256:/, ''), isApollo: false };
  }
  const persisted = isObject(extensions) ? extensions['persistedQuery'] : null;
  const hash = isObject(persisted) ? persisted['sha256Hash'] : null;
  return typeof hash === 'string' ? { value: hash, isApollo: true } : null;
}

function unknown({ value, isApollo }: DocumentId): SitewideError {
  return isApollo
    ? new SitewideError('PERSISTED_QUERY_NOT_FOUND', {})
    : new SitewideError('DOCUMENT_UNKNOWN', { document: value.slice(0, 100) });
}

function notTrusted(id: string): SitewideError {
  return new SitewideError('DOCUMENT_NOT_TRUSTED', { document: id.slice(0, 100) });
}

function withoutHash({ persistedQuery: _, ...rest }: Readonly<Record<string, unknown>>): object {
  return rest;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
