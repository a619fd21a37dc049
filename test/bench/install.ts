import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

// Programs that benchmarks compare with. They are installed for that, once for all runs, and are no dependencies of the project.

/**
 * Installs packages, each as `name@version`.
 * @returns Their folder; null if they cannot be had, which is said.
 */
export async function installForBench(name: string, packages: readonly string[]): Promise<string | null> {
  const folder = join(tmpdir(), `sitewide-bench-${name}`);
  const wanted = packages.join(' ');
  await mkdir(folder, { recursive: true });
  const marker = join(folder, 'installed');
  try {
    const installed = await readFile(marker, 'utf8').catch(() => '');
    if (installed !== wanted) {
      process.stderr.write(`installing ${wanted}\n`);
      await writeFile(join(folder, 'package.json'), '{ "private": true }');
      const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages];
      await promisify(execFile)('npm', args, { cwd: folder, timeout: 300_000 });
      await writeFile(marker, wanted);
    }
    return folder;
  } catch (thrown) {
    process.stderr.write(`${name} is left out, since it cannot be installed: ${String(thrown)}\n`);
    return null;
  }
}
