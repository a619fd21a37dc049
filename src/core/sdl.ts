import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

// The base schema as text, from the files in schema/, one a noun.

const folder = fileURLToPath(new URL('../../schema/', import.meta.url));

/** The SDL of the base subgraph: all files of schema/ in the order of their names. */
export const baseSdl: string = readdirSync(folder)
  .filter((name) => name.endsWith('.graphql'))
  .sort()
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');
