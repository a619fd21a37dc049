import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Agent, request } from 'undici';

import { preciseClock } from '../../src/commands/wan/precise-clock.ts';
import { createWan, type WanShape } from '../../src/commands/wan/wan.ts';

// How far the emulated wide area network is from the ideal one: the round trip and, for each byte of TCP's payload, its
// time at the rate. A pair of endpoints in this process, a small body and one of 200 kB, over an open connection and over a
// new one; within 3 % is asked for. Run on a quiet machine: npm run bench:wan

const shape: WanShape = { rttMs: 80, jitterMs: 0, megabitsPerSecond: 20 };
const repetitions = 50;
const warmUp = 30;
const bodies = [
  { name: '100 B', bytes: 100 },
  { name: '200 kB', bytes: 200_000 },
];
const way = { from: 'here', to: 'there' };

const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
  const body = Buffer.alloc(Number(incoming.url!.slice(1)), 'x');
  response.writeHead(200, { 'content-length': body.length }).end(body);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
await using wan = createWan({ shape, clock: preciseClock, random: Math.random });
const relay = await wan.relay(way, address);

process.stdout.write(`${shape.rttMs} ms, ${shape.megabitsPerSecond} Mbit/s, medians of ${repetitions}\n`);
for (const { name, bytes } of bodies) {
  const direct = median(await times(address, bytes, { isNew: false }));
  for (const isNew of [false, true]) {
    const before = relay.counts();
    const found = median(await times(relay.url, bytes, { isNew }));
    const after = relay.counts();
    const passed = after.up.bytes - before.up.bytes + after.down.bytes - before.down.bytes;
    const wire = passed / (repetitions + warmUp) / (shape.megabitsPerSecond * 125) + shape.rttMs * (isNew ? 2 : 1);
    const off = ((found - wire) / wire) * 100;
    process.stdout.write(
      `  ${name.padStart(6)} over ${isNew ? 'a new ' : 'an open'} connection: ${found.toFixed(2)} ms, ideal ${wire.toFixed(2)} ms, ` +
        `off by ${off.toFixed(2)} % (without any network ${direct.toFixed(2)} ms)\n`,
    );
  }
}
server.close();
server.closeAllConnections();

/** Milliseconds of each exchange. */
async function times(url: string, bytes: number, { isNew }: { readonly isNew: boolean }): Promise<readonly number[]> {
  const found: number[] = [];
  let agent = new Agent();
  for (let at = 0; at < warmUp + repetitions; at += 1) {
    if (isNew) {
      await agent.close();
      agent = new Agent();
    }
    const startedAt = performance.now();
    const { body } = await request(`${url}/${bytes}`, { dispatcher: agent });
    const { byteLength } = await body.arrayBuffer();
    if (byteLength !== bytes) {
      throw new Error(`${byteLength} bytes came instead of ${bytes}.`);
    }
    found.push(performance.now() - startedAt);
  }
  await agent.close();
  return found.slice(warmUp);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
