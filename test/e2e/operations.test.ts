import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { eventually } from '../contract/eventually.ts';
import { linesOf, sitewide, type CommandResult } from '../support/cli.ts';
import { type Demo, startDemo } from '../support/demo.ts';

// Machines of one installation are changed and watched at brokers of another one, as users do it.

let demo: Demo;

beforeAll(async () => {
  demo = await startDemo({ installations: 2, brokers: 2, vms: 30 });
}, 90_000);
afterAll(async () => {
  await demo?.[Symbol.asyncDispose]();
});

interface Vm {
  readonly id: string;
  readonly name: string;
}

interface OperationLine {
  readonly id: string;
  readonly state: string;
  readonly progress: number;
}

/** The brokers of an installation, which are asked about the other one. */
const endpointsOf = (installation: string): readonly string[] =>
  demo.processes
    .filter((one) => one.role === 'broker' && one.installation === installation)
    .map(({ url }) => `${url}/graphql`);

const atB = (...args: readonly string[]): Promise<CommandResult> => sitewide(endpointsOf('demo-b'), ...args);

async function machines(state: string, limit: number): Promise<readonly Vm[]> {
  const options = ['--installation', 'demo-a', '--state', state, '--limit', String(limit), '-o', 'jsonl'];
  return linesOf<Vm>(await atB('vm', 'list', ...options));
}

test('a machine of another installation is stopped and followed to its end', async () => {
  const [vm] = await machines('RUNNING', 1);
  const stopped = await atB('vm', 'stop', vm!.id);
  expect(stopped).toMatchObject({ code: 0, stderr: '' });
  const lines = linesOf<OperationLine>(stopped);
  expect(lines[0]!.state).toBe('QUEUED');
  expect(lines.at(-1)).toMatchObject({ state: 'SUCCEEDED', progress: 100 });
  expect(lines.some(({ progress }) => progress > 0 && progress < 100)).toBe(true);
  const shown = JSON.parse((await atB('vm', 'show', vm!.id, '-o', 'json')).stdout) as {
    data: { virtualMachine: { powerState: string } };
  };
  expect(shown.data.virtualMachine.powerState).toBe('STOPPED');
  const listed = linesOf<OperationLine>(await sitewide(endpointsOf('demo-a'), 'operation', 'list', '-o', 'jsonl'));
  expect(listed.map(({ id }) => id)).toContain(lines[0]!.id);
});

test('what is refused ends with 6, what is not there with 5, and a wait that is too short with 7', async () => {
  const [stopped] = await machines('STOPPED', 1);
  const refused = await atB('vm', 'pause', stopped!.id);
  expect(refused.code).toBe(6);
  expect(refused.stderr).toContain('PAUSE is possible only in RUNNING. (input.action, INVALID_STATE)');
  expect((await atB('vm', 'stop', 'no-such-machine')).code).toBe(5);
  const [running] = await machines('RUNNING', 1);
  const begun = linesOf<OperationLine>(await atB('vm', 'pause', running!.id, '--no-wait', '-o', 'jsonl'));
  const late = await atB('operation', 'wait', begun[0]!.id, '--timeout', '100');
  expect(late).toMatchObject({ code: 7, stderr: 'error: not ended within 100 ms; it goes on\n' });
  expect((await atB('operation', 'wait', begun[0]!.id, '--timeout', '20000')).code).toBe(0);
});

test('a try changes nothing, and a bulk does each machine once for one key', async () => {
  const wanted = await machines('RUNNING', 100);
  const filter = ['--all', '--installation', 'demo-a', '--state', 'RUNNING'];
  const tried = await atB('vm', 'suspend', ...filter, '--dry-run');
  expect(tried.code).toBe(0);
  expect(tried.stdout.trim().split('\n')).toHaveLength(wanted.length);
  expect((await atB('vm', 'suspend', ...filter, '--max-targets', '1')).code).toBe(6);
  const bulk = await atB('vm', 'suspend', ...filter, '--idempotency-key', 'all', '-o', 'jsonl');
  expect(bulk.code).toBe(0);
  const { id } = linesOf<OperationLine>(bulk).at(-1)!;
  const parts = linesOf<OperationLine>(await atB('operation', 'list', '--parent', id, '--all', '-o', 'jsonl'));
  expect(parts.map(({ state }) => state)).toEqual(wanted.map(() => 'SUCCEEDED'));
  const again = await atB('vm', 'suspend', ...filter, '--idempotency-key', 'all', '-o', 'jsonl');
  expect(linesOf<OperationLine>(again).at(-1)!.id).toBe(id);
  const suspended = (await machines('SUSPENDED', 100)).map((vm) => vm.id);
  expect(suspended).toEqual(expect.arrayContaining(wanted.map((vm) => vm.id)));
});

test('an operation that runs is cancelled, and says so', async () => {
  const [vm] = await machines('SUSPENDED', 1);
  const begun = linesOf<OperationLine>(await atB('vm', 'start', vm!.id, '--no-wait', '-o', 'jsonl'));
  const cancelled = await atB('operation', 'cancel', begun[0]!.id, '-o', 'jsonl');
  const last = linesOf<OperationLine>(cancelled).at(-1)!;
  // It may have been too late; then that is what is said.
  expect([last.state, cancelled.code]).toEqual(last.state === 'CANCELLED' ? ['CANCELLED', 0] : ['SUCCEEDED', 1]);
});

test('events go on behind their token at a broker of the other installation', async () => {
  const [vm, other] = await machines('SUSPENDED', 2);
  let isOver = false;
  const watching = atB('events', '--count', '1', '-o', 'jsonl', '--installation', 'demo-a').finally(
    () => (isOver = true),
  );
  await eventually(async () => {
    await atB('vm', 'start', vm!.id, '--no-wait');
    await atB('vm', 'pause', vm!.id, '--no-wait');
    expect(isOver).toBe(true);
  }, 30_000);
  const seen = await watching;
  expect(seen.code).toBe(0);
  const [, token] = /--after (\S+)/.exec(seen.stderr)!;
  await atB('vm', 'start', other!.id);
  const rest = await sitewide(
    endpointsOf('demo-a'),
    ...['events', '--after', token!, '--installation', 'demo-a', '--name', other!.name, '--count', '1', '-o', 'jsonl'],
  );
  expect(linesOf<{ node: { id: string } | null }>(rest).filter(({ node }) => node !== null)[0]!.node!.id).toBe(
    other!.id,
  );
}, 90_000);
