import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The program as a user runs it.

const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));

/** What a command said, and with what it ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** There is no such file: the contexts of whoever runs the tests are none of their business. */
const noContexts = join(tmpdir(), 'sitewide-no-contexts', 'config.yml');

/** Runs `sitewide` with these arguments, asking these endpoints. */
export function sitewide(endpoints: readonly string[], ...args: readonly string[]): Promise<CommandResult> {
  return runSitewide({ SITEWIDE_ENDPOINT: endpoints.join(',') }, args);
}

/** Runs `sitewide` in this environment, which has no contexts if `SITEWIDE_CONFIG` does not name their file. */
export function runSitewide(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<CommandResult> {
  const env = { ...process.env, NODE_OPTIONS: '', SITEWIDE_CONFIG: noContexts, ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { timeout: 60_000, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

/** A command that runs. */
export interface RunningCommand {
  /** What it says on stderr that looks like this, as soon as it does. */
  said(pattern: RegExp): Promise<string>;
  /** The same of stdout. */
  wrote(pattern: RegExp): Promise<string>;
  signal(name: NodeJS.Signals): void;
  readonly end: Promise<CommandResult>;
}

/** Starts `sitewide` in this environment, for commands during which something else has to happen. */
export function startSitewide(environment: Readonly<Record<string, string>>, args: readonly string[]): RunningCommand {
  const env = { ...process.env, NODE_OPTIONS: '', SITEWIDE_CONFIG: noContexts, ...environment };
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const end = once(child, 'close').then(([code]) => ({ code: Number(code ?? -1), ...output }));
  const seen = async (stream: 'stdout' | 'stderr', pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = pattern.exec(output[stream]);
      if (found) return found[0];
      const ended = await Promise.race([once(child[stream], 'data').then(() => false), end.then(() => true)]);
      if (ended) throw new Error(`The command ended:\n${output.stderr}`);
    }
  };
  return {
    end,
    said: (pattern) => seen('stderr', pattern),
    wrote: (pattern) => seen('stdout', pattern),
    signal: (name) => child.kill(name),
  };
}

/** The JSON lines of a command's output. */
export function linesOf<Line>({ stdout }: CommandResult): readonly Line[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}
