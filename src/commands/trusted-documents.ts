import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import type { Config } from '../config/config.ts';
import { readManifest } from '../config/document-manifest.ts';
import { messageOf, SitewideError } from '../core/errors.ts';
import { anyDocument, createTrustedDocuments, type TrustedDocuments } from '../http/trusted-documents.ts';

// The documents that a broker trusts: those of this program's own clients, and those of the operator's.

/** Written by `npm run generate`. */
const ownFile = fileURLToPath(new URL('../../schema/generated/documents.json', import.meta.url));

/**
 * Reads them.
 * @throws SitewideError `CONFIG_INVALID`.
 */
export async function loadTrustedDocuments({ mode, file }: Config['persistedDocuments']): Promise<TrustedDocuments> {
  if (mode === 'off') {
    return anyDocument;
  }
  const files = [ownFile, ...(file === undefined ? [] : [file])];
  const manifests = await Promise.all(files.map(load));
  return createTrustedDocuments(mode, new Map(manifests.flatMap((manifest) => [...manifest])));
}

async function load(file: string): Promise<ReadonlyMap<string, string>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new SitewideError('CONFIG_INVALID', { file, problem: `cannot be read: ${messageOf(cause)}` }, { cause });
  }
  return readManifest(text, file);
}
