import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// The program as a user runs it.

const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));

/** What a command said, and with what it ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sitewide` with these arguments, asking these endpoints. */
export function sitewide(endpoints: readonly string[], ...args: readonly string[]): Promise<CommandResult> {
  const env = { ...process.env, NODE_OPTIONS: '', SITEWIDE_ENDPOINT: endpoints.join(',') };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { timeout: 60_000, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

/** The JSON lines of a command's output. */
export function linesOf<Line>({ stdout }: CommandResult): readonly Line[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}
