import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

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
  const folder = join(tmpdir(), `sitewide-bench-hive-${version}`);
  await mkdir(folder, { recursive: true });
  const place = join(folder, 'node_modules', '@graphql-hive', 'gateway');
  try {
    await readFile(join(place, 'package.json')).catch(async () => {
      process.stderr.write(`installing @graphql-hive/gateway ${version}\n`);
      await writeFile(join(folder, 'package.json'), '{ "private": true }');
      const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `@graphql-hive/gateway@${version}`];
      await promisify(execFile)('npm', args, { cwd: folder, timeout: 300_000 });
    });
    const { bin } = JSON.parse(await readFile(join(place, 'package.json'), 'utf8')) as {
      bin: string | Record<string, string>;
    };
    return { version, program: join(place, typeof bin === 'string' ? bin : Object.values(bin)[0]!) };
  } catch (thrown) {
    process.stderr.write(`Hive Gateway is left out, since it cannot be installed: ${String(thrown)}\n`);
    return null;
  }
}
