import type { IncomingHttpHeaders } from 'node:http';

import { isDocumentHash } from '../core/document-hash.ts';
import { SitewideError } from '../core/errors.ts';

// What a broker of another site says in headers of its own beside its operation, to keep the link between the sites free.

/** What the broker at the other end of a link wants. */
export interface LinkRequest {
  /** The name of the operation's text, which comes with it only as long as the sender does not know that it is known. */
  readonly document: string;
  /** The validator of the answer that it has; `none` if it has none but wants one. Null: it keeps no answers. */
  readonly ifUnchanged: string | null;
}

/**
 * Reads the headers of a request; null if it does not come over a link.
 * @throws SitewideError `BAD_REQUEST` if what is there as the name of a text is none.
 */
export function readLink(headers: IncomingHttpHeaders): LinkRequest | null {
  const { 'sitewide-tier': tier, 'sitewide-document': document, 'sitewide-if-unchanged': ifUnchanged } = headers;
  if (tier !== 'SITE' || document === undefined) {
    return null;
  }
  const name = String(document);
  if (!isDocumentHash(name)) {
    throw new SitewideError('BAD_REQUEST', { problem: 'the header sitewide-document names no text' });
  }
  return { document: name, ifUnchanged: ifUnchanged === undefined ? null : String(ifUnchanged) };
}
