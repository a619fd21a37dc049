import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

import { simulatorConsole, spawnSimulator } from '../support/simulator.ts';

// `sitewide simulate` as a process.

const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));

async function run(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [program, 'simulate', ...args]);
  const exited = once(child, 'exit');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await exited) as [number | null];
  return { code, stdout, stderr };
}

test('simulate serves as many machines as asked and ends within a second of SIGTERM and SIGINT', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    await using simulator = await spawnSimulator('--vms', '7', '--installation', 'lyon-a');
    expect(await simulatorConsole(simulator.url).vms()).toHaveLength(7);
    const before = Date.now();
    expect(await simulator.end(signal)).toBe(0);
    expect(Date.now() - before).toBeLessThan(1_000);
  }
});

test('simulate says that its port is taken and exits with 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { code, stdout, stderr } = await run('--port', String(port));
  taken.close();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(`Port ${port} on 127.0.0.1 is taken by another process.`);
  expect(stderr).toContain('PORT_IN_USE');
});

test.each([
  ['--vms', '50001', "'50001' is invalid. It has to be a whole number from 0 to 50000."],
  ['--port', 'http', "'http' is invalid. It has to be a whole number from 0 to 65535."],
  ['--usage-interval', '5', "'5' is invalid. It has to be 0 or a whole number from 100 to 3600000."],
  ['--installation', 'a|b', "'a|b' is invalid. It has to be at most 64 small letters"],
])('simulate refuses %s %s by name and exits with 2', async (option, value, message) => {
  const { code, stderr } = await run(option, value);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test('simulate explains itself with examples', async () => {
  const { code, stdout } = await run('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('Examples:');
});
