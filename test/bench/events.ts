import { readFileSync } from 'node:fs';

import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { startDemo } from '../support/demo.ts';
import { simulatorConsole } from '../support/simulator.ts';

// How long it takes from a change at a hypervisor manager to a subscriber at a broker of another installation, and what a
// thousand subscribers cost that broker. Everything but this process is in processes of its own. Run: npm run bench:events

const warmUp = 30;
const changes = 300;
const subscribers = 1_000;
const perSocket = 100;
const perSecond = 20;

const demo = await startDemo({ installations: 2, brokers: 1, vms: 100 });
const manager = simulatorConsole(
  demo.processes.find(({ role, installation }) => role === 'simulator' && installation === 'demo-a')!.url,
);
const far = demo.processes.find(({ role, installation }) => role === 'broker' && installation === 'demo-b')!;
const near = demo.processes.find(({ role, installation }) => role === 'broker' && installation === 'demo-a')!;
const query = `subscription {
  inventoryChanged(types: [VIRTUAL_MACHINE], filter: { virtualMachine: { cpuCount: { eq: 1000 } } }) {
    type node { id ... on VirtualMachine { annotations { key value } } } resumeToken
  }
}`;
const wide = `subscription {
  inventoryChanged(types: [VIRTUAL_MACHINE]) { type sequence node { id ... on VirtualMachine { name powerState } } resumeToken }
}`;
const [vm] = await manager.vms();
await manager.edit(vm!.localId, { cpuCount: 1000 });

const latencies = await measureLatency();
process.stdout.write(
  `from the manager to a subscriber at another installation: p50 ${quantile(latencies, 0.5)} ms, p99 ${quantile(latencies, 0.99)} ms\n`,
);
await measureSubscribers();
await demo[Symbol.asyncDispose]();
// The sockets of the subscribers end with the brokers.
process.exit(0);

/** Milliseconds between asking the manager for a change and hearing of it. */
async function measureLatency(): Promise<readonly number[]> {
  const client = newClient();
  const heard = new Map<string, (at: number) => void>();
  const stop = client.subscribe(
    { query },
    {
      next({ data }) {
        const event = (data as { inventoryChanged: Event }).inventoryChanged;
        const mark = event.node?.annotations?.find(({ key }) => key === 'mark')?.value;
        if (mark !== undefined) heard.get(mark)?.(performance.now());
      },
      error: (error) => process.stderr.write(`${JSON.stringify(error)}\n`),
      complete: () => undefined,
    },
  );
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const latencies: number[] = [];
  for (let at = 0; at < warmUp + changes; at += 1) {
    const mark = String(at);
    const { promise, resolve } = Promise.withResolvers<number>();
    heard.set(mark, resolve);
    const startedAt = performance.now();
    await manager.edit(vm!.localId, { annotations: { mark } });
    const took = (await promise) - startedAt;
    if (at >= warmUp) latencies.push(took);
    await new Promise((resume) => setTimeout(resume, 1_000 / perSecond));
  }
  stop();
  await client.dispose();
  return latencies;
}

interface Event {
  readonly node: { readonly annotations?: readonly { readonly key: string; readonly value: string }[] } | null;
}

/** CPU of both brokers while many subscribers hear of every change. */
async function measureSubscribers(): Promise<void> {
  let heard = 0;
  let refused = 0;
  const clients = Array.from({ length: subscribers / perSocket }, newClient);
  for (const client of clients) {
    for (let at = 0; at < perSocket; at += 1) {
      client.subscribe(
        { query: wide },
        {
          next: ({ data }) => {
            if ((data as { inventoryChanged: { type: string } }).inventoryChanged.type !== 'BOOKMARK') heard += 1;
          },
          error: () => (refused += 1),
          complete: () => undefined,
        },
      );
      // Not all at once: a broker refuses what it has no room for, and this is no test of that.
      if (at % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  heard = 0;
  const wanted = 100;
  const before = [cpuSeconds(far.pid), cpuSeconds(near.pid)];
  const startedAt = performance.now();
  for (let at = 0; at < wanted; at += 1) {
    await manager.edit(vm!.localId, { annotations: { mark: `wide ${at}` } });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  while (heard < wanted * (subscribers - refused) && performance.now() - startedAt < 60_000) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const [farCpu, nearCpu] = [cpuSeconds(far.pid) - before[0]!, cpuSeconds(near.pid) - before[1]!];
  process.stdout.write(
    `${subscribers - refused} subscribers, ${wanted} changes in ${seconds.toFixed(1)} s: ${heard} events; CPU for each change: ` +
      `${((farCpu / wanted) * 1_000).toFixed(0)} ms at their broker, ${((nearCpu / wanted) * 1_000).toFixed(0)} ms at that of the change\n`,
  );
}

function newClient() {
  const url = `${far.url.replace(/^http/, 'ws')}/graphql`;
  return createClient({ url, webSocketImpl: WebSocket, lazy: true, retryAttempts: 0 });
}

/** User and system time of a process, by its ticks of 10 ms. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function quantile(values: readonly number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(1);
}
