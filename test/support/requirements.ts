import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { describe, test } from '@jest/globals';

// Tests that need programs of the system. Where one is missing they are skipped and say so loudly; where CI is set they
// fail instead, so that nothing goes untested there.

/** Programs, and how a Debian system gets them. */
export interface Requirement {
  readonly commands: readonly string[];
  /** The Debian packages that hold them. */
  readonly packages: readonly string[];
}

/** Like `describe`, for tests that need these programs. */
export function describeWith({ commands, packages }: Requirement, name: string, body: () => void): void {
  const missing = commands.filter((command) => !isInstalled(command));
  if (missing.length === 0) {
    describe(name, body);
    return;
  }
  const problem =
    `"${name}" needs ${missing.join(', ')}, which is not installed. On Debian and Ubuntu:\n` +
    `  apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (process.env['CI']) {
    describe(name, () => {
      test('has the programs it needs', () => {
        throw new Error(problem);
      });
    });
    return;
  }
  skip(name, problem, body);
}

/** Like `describe`, for what not every host allows, CI's neither: where there is a problem it is skipped, loudly. */
export function describeUnless(problem: string | null, name: string, body: () => void): void {
  if (problem === null) {
    describe(name, body);
  } else {
    skip(name, `"${name}": ${problem}`, body);
  }
}

function skip(name: string, problem: string, body: () => void): void {
  process.stderr.write(`\n*** NOT TESTED: ${problem}\n\n`);
  describe.skip(name, body);
}

/** Daemons are in the sbin folders, which are not in everybody's PATH. */
const moreFolders = ['/usr/sbin', '/sbin', '/usr/local/sbin'];

function isInstalled(command: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...moreFolders];
  return folders.some((folder) => isExecutable(join(folder, command)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: either way it cannot be run.
    return false;
  }
}
