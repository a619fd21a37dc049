import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

import { listenOn } from '../../src/http/listen.ts';

const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));

function demo(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'demo', ...args], { timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

describe('a demo', () => {
  test('whose port is taken says which one and starts nothing', async () => {
    const other = createServer();
    const { port } = await listenOn(other, { host: '127.0.0.1', port: 0 });
    try {
      const run = await demo('--installations', '1', '--brokers', '1', '--port', String(port));
      expect(run).toMatchObject({
        code: 1,
        stdout: '',
        stderr: `error: Port ${port} on 127.0.0.1 is taken by another process. (PORT_IN_USE)\nsee docs/errors/PORT_IN_USE.md\n`,
      });
    } finally {
      other.close();
    }
  });

  test.each([
    ['no installation', ['--installations', '0'], '0 installations; allowed are 1 to 26'],
    ['too many installations', ['--installations', '27'], 'It must be a whole number from 0 to 26'],
    ['a port that is none', ['--port', 'http'], 'It must be a whole number from 1 to 65000'],
    ['a relative socket', ['--libvirt', 'libvirt-sock'], 'It must be the absolute path of a socket, or a uri'],
    ['an unknown option', ['--instalations', '2'], 'Did you mean --installations?'],
  ])('with %s is a usage error', async (_, args, message) => {
    const run = await demo(...args);
    expect(run).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  });
});
