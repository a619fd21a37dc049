import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { installForBench } from '../install.ts';

// Hive Gateway, which is installed for the benchmark and is no dependency of the project.

/** It, installed. */
export interface Hive {
  readonly version: string;
  /** For Node. */
  readonly program: string;
}

const version = '2.15.1';

/** Installs it, once for all runs; null if it cannot be had, which is said. */
export async function installHive(): Promise<Hive | null> {
  const folder = await installForBench('hive', [`@graphql-hive/gateway@${version}`]);
  if (folder === null) {
    return null;
  }
  const place = join(folder, 'node_modules', '@graphql-hive', 'gateway');
  const { bin } = JSON.parse(await readFile(join(place, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  return { version, program: join(place, typeof bin === 'string' ? bin : Object.values(bin)[0]!) };
}
