import { z } from 'zod';

import { messageOf, SitewideError } from '../core/errors.ts';

// The list of documents that clients were built with, as the tools of clients write it: that of Apollo's
// (https://www.apollographql.com/docs/graphos/platform/security/persisted-queries), or a mapping of ids to texts as Relay and
// GraphQL Code Generator have it.

const apollo = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1) })),
});
const mapping = z.record(z.string().min(1), z.string().min(1));

/**
 * The texts of a manifest by their ids.
 * @throws SitewideError `CONFIG_INVALID`.
 */
export function readManifest(text: string, file: string): ReadonlyMap<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SitewideError('CONFIG_INVALID', { file, problem: `not JSON: ${messageOf(cause)}` }, { cause });
  }
  const list = apollo.safeParse(value);
  if (list.success) {
    return new Map(list.data.operations.map(({ id, body }) => [id, body]));
  }
  const plain = mapping.safeParse(value);
  if (plain.success) {
    return new Map(Object.entries(plain.data));
  }
  const problem =
    'found neither a manifest with "format": "apollo-persisted-query-manifest", "version": 1 and "operations", each with ' +
    '"id" and "body", nor a mapping of ids to texts; allowed is one of them';
  throw new SitewideError('CONFIG_INVALID', { file, problem });
}
