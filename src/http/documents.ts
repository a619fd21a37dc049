import { LRUCache } from 'lru-cache';

import { hashDocument } from '../core/document-hash.ts';
import { SitewideError } from '../core/errors.ts';
import { isObject } from '../core/is-object.ts';

// The texts of operations that brokers of other sites have sent, so that they need not send them again. Bounded: a text that
// was long not asked for is forgotten, and its sender sends it once more.

/** Texts by their names. */
export interface Documents {
  /**
   * The body of a request with the text of this name in it: that which came with it, or that which came before.
   * @throws SitewideError `DOCUMENT_UNKNOWN`, or `BAD_REQUEST` if the text has another name.
   */
  complete(body: unknown, name: string): unknown;
}

/** Some thousand different operations: a dashboard has tens. */
const mostCharacters = 8_388_608;
/** A text that is longer is sent each time. */
const longestText = 262_144;

/** No texts yet. */
export function createDocuments(): Documents {
  const texts = new LRUCache<string, string>({
    maxSize: mostCharacters,
    maxEntrySize: longestText,
    sizeCalculation: ({ length }) => Math.max(1, length),
  });
  return {
    complete(body, name) {
      if (!isObject(body)) {
        return body;
      }
      const { query } = body;
      if (typeof query !== 'string') {
        return { ...body, query: known(texts, name) };
      }
      if (hashDocument(query) !== name) {
        throw new SitewideError('BAD_REQUEST', { problem: 'the header sitewide-document names another text' });
      }
      texts.set(name, query);
      return body;
    },
  };
}

function known(texts: LRUCache<string, string>, name: string): string {
  const text = texts.get(name);
  if (text === undefined) {
    throw new SitewideError('DOCUMENT_UNKNOWN', { document: name });
  }
  return text;
}
