import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { eventually } from '../contract/eventually.ts';
import { linesOf, sitewide } from '../support/cli.ts';
import { type Demo, startDemo } from '../support/demo.ts';
import { ask } from '../support/graphql.ts';
import { type Libvirtd, libvirtRequirement, startLibvirtd } from '../support/libvirtd.ts';
import { describeWith } from '../support/requirements.ts';

// A real libvirt with real QEMU guests beside two simulated installations.

const guests = 20;
const simulated = 40;
/** How soon what virsh did has to be in an answer, in milliseconds. */
const promptMs = 2_000;

describeWith(libvirtRequirement, 'a site with a real libvirt', () => {
  let libvirtd: Libvirtd;
  let demo: Demo;
  let ids: string[];

  beforeAll(async () => {
    libvirtd = await startLibvirtd();
    ids = [];
    for (let at = 0; at < guests; at += 1) {
      ids.push(await libvirtd.defineGuest({ name: `guest-${String(at).padStart(2, '0')}` }));
    }
    await Promise.all(ids.slice(0, 6).map((id) => libvirtd.virsh('start', id)));
    await Promise.all(ids.slice(4, 6).map((id) => libvirtd.virsh('suspend', id)));
    const more = ['--libvirt', libvirtd.socket];
    demo = await startDemo({ installations: 2, brokers: 1, vms: simulated, more });
    // A demo does not wait long for a libvirt, and a fresh daemon first finds out what its QEMU can do.
    await eventually(async () => {
      expect(await libvirtMachines(url())).toHaveLength(guests);
    }, 30_000);
  }, 120_000);

  afterAll(async () => {
    await demo?.[Symbol.asyncDispose]();
    await libvirtd?.stop();
  });

  // Asked of a broker of a simulated installation: the answer about libvirt crosses the site.
  const url = (): string => `${demo.brokers[0]!}/graphql`;

  test('is listed by the site as virsh lists it', async () => {
    const real = await libvirtMachines(url());
    expect(real.map(({ localId }) => localId).sort()).toEqual([...ids].sort());
    for (const { localId, name, powerState } of real) {
      expect(name).toBe((await libvirtd.virsh('domname', localId)).trim());
      expect(powerState).toBe(stateOf((await libvirtd.virsh('domstate', localId)).trim()));
    }
    expect(real.filter(({ powerState }) => powerState === 'RUNNING')).toHaveLength(4);
    expect(real.filter(({ powerState }) => powerState === 'PAUSED')).toHaveLength(2);
    const { virtualMachines } = await ask<{ virtualMachines: unknown }>(
      url(),
      '{ virtualMachines(first: 1) { totalCount coverage { complete } } }',
    );
    expect(virtualMachines).toEqual({ totalCount: guests + 2 * simulated, coverage: { complete: true } });
  });

  test.each([
    ['start', 10, 'RUNNING'],
    ['suspend', 10, 'PAUSED'],
    ['destroy', 10, 'STOPPED'],
  ])('virsh %s shows up in an answer within two seconds, without polling', async (command, at, expected) => {
    await libvirtd.virsh(command, ids[at]!);
    const since = Date.now();
    await eventually(async () => {
      const machine = (await libvirtMachines(url())).find(({ localId }) => localId === ids[at]);
      expect(machine?.powerState).toBe(expected);
    }, promptMs);
    expect(Date.now() - since).toBeLessThan(promptMs);
  });

  test('is stopped from a broker of another installation, followed live to the end, and virsh agrees', async () => {
    const id = ids[0]!;
    const before = (await libvirtd.virsh('domstate', id)).trim();
    const stopped = await sitewide([url()], 'vm', 'stop', '--force', 'guest-00', '-o', 'jsonl');
    expect([before, stopped.stderr, stopped.code]).toEqual(['running', '', 0]);
    expect(linesOf<{ state: string }>(stopped).map(({ state }) => state)).toEqual(
      expect.arrayContaining(['RUNNING', 'SUCCEEDED']),
    );
    expect((await libvirtd.virsh('domstate', id)).trim()).toBe('shut off');
    const started = await sitewide([url()], 'vm', 'start', 'guest-00', '-o', 'jsonl');
    expect([started.stderr, started.code]).toEqual(['', 0]);
    expect((await libvirtd.virsh('domstate', id)).trim()).toBe('running');
  });
});

interface Machine {
  readonly localId: string;
  readonly name: string;
  readonly powerState: string;
}

async function libvirtMachines(url: string): Promise<readonly Machine[]> {
  const { virtualMachines } = await ask<{ virtualMachines: { nodes: Machine[] } }>(
    url,
    '{ virtualMachines(filter: { name: { startsWith: "guest-" } }) { nodes { localId name powerState } } }',
  );
  return virtualMachines.nodes;
}

function stateOf(virshState: string): string {
  const states: Record<string, string> = { running: 'RUNNING', paused: 'PAUSED', 'shut off': 'STOPPED' };
  return states[virshState] ?? virshState;
}
