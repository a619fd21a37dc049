import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { FaultSpec, VmSpec } from '../../src/drivers/simulator/protocol.ts';
import type { Vm } from '../../src/model/vm.ts';

// A simulated manager as tests use it: a real process that can be killed and stopped, and a hand on its world that does not
// go through any driver.

const program = fileURLToPath(new URL('../../bin/sitewide.js', import.meta.url));
/** A loaded machine needs a while to start Node. */
const readyWithinMs = 20_000;

/** A simulator in a process of its own. */
export interface SimulatorProcess extends AsyncDisposable {
  readonly url: string;
  readonly child: ChildProcess;
  /** Sends a signal; SIGKILL is how it crashes, SIGSTOP how it hangs. */
  signal(name: NodeJS.Signals): void;
  /** Ends it with a signal and waits for the end; gives its exit code. */
  end(name: NodeJS.Signals): Promise<number | null>;
}

/**
 * Runs `sitewide simulate` with these arguments.
 * @throws Error with all it said on stderr, if it does not become ready.
 */
export async function spawnSimulator(...args: readonly string[]): Promise<SimulatorProcess> {
  const child = spawn(process.execPath, [program, 'simulate', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  let url: string;
  try {
    url = await readyUrl(child, exited);
  } catch (thrown) {
    child.kill('SIGKILL');
    throw thrown;
  }
  async function end(name: NodeJS.Signals): Promise<number | null> {
    child.kill(name);
    return exited;
  }
  return {
    url,
    child,
    signal: (name) => child.kill(name),
    end,
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
    },
  };
}

/** The world of a simulator, as itself tells and changes it. Every method throws on an error answer. */
export interface SimulatorConsole {
  vms(): Promise<readonly Pick<Vm, 'localId' | 'name' | 'powerState'>[]>;
  add(spec?: VmSpec): Promise<Vm>;
  edit(localId: string, spec: VmSpec): Promise<Vm>;
  remove(localId: string): Promise<void>;
  setFaults(faults: FaultSpec): Promise<void>;
  clearFaults(): Promise<void>;
}

/** A hand on the simulator at that address. */
export function simulatorConsole(url: string): SimulatorConsole {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      signal: AbortSignal.timeout(readyWithinMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    vms: async () => (await call('GET', '/v1/vms')) as Pick<Vm, 'localId' | 'name' | 'powerState'>[],
    add: async (spec = {}) => (await call('POST', '/v1/vms', spec)) as Vm,
    edit: async (localId, spec) => (await call('PATCH', `/v1/vms/${localId}`, spec)) as Vm,
    async remove(localId) {
      await call('DELETE', `/v1/vms/${localId}`);
    },
    async setFaults(faults) {
      await call('PUT', '/v1/faults', faults);
    },
    async clearFaults() {
      await call('DELETE', '/v1/faults');
    },
  };
}

async function readyUrl(child: ChildProcess, exited: Promise<number | null>): Promise<string> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) {
    throw new Error('The simulator has no output to read.');
  }
  let said = '';
  stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const timeout = AbortSignal.timeout(readyWithinMs);
  const late = once(timeout, 'abort').then(() => `not ready within ${readyWithinMs} ms`);
  const line = once(createInterface({ input: stdout }), 'line').then(([text]) => String(text));
  const first = await Promise.race([line, exited.then((code) => `exited with ${code}`), late]);
  const [, url] = /^simulator \S+ ready (http:\/\/\S+)$/.exec(first) ?? [];
  if (url === undefined) {
    throw new Error(`The simulator did not become ready: ${first}\n${said}`);
  }
  return url;
}
