import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';

import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { eventually } from '../contract/eventually.ts';
import { type BrokerProcess, spawnBroker } from '../support/broker-process.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { readMetrics, type Samples } from '../support/metrics.ts';

// Nothing goes on for a caller who is gone: not at the broker asked, and not at those that it asked. Real brokers; the
// requests are slow because a proxy keeps their bodies back, so that the broker behind it waits in the middle of them.

/** How soon nothing may be in flight any more, in milliseconds. */
const withinMs = 1_000;

let brokers: { readonly asked: BrokerProcess; readonly others: readonly BrokerProcess[] };
let holds: readonly Hold[];
const started = new AsyncDisposableStack();

beforeAll(async () => {
  const port = await findFreePorts(3);
  const urls = [0, 1, 2].map((at) => `http://127.0.0.1:${port + at}`);
  holds = [started.use(await startHold(port + 1)), started.use(await startHold(port + 2))];
  const site = {
    id: 'test',
    installations: [
      { id: 'a', brokers: [{ id: 'a-1', url: urls[0] }] },
      { id: 'b', brokers: holds.map(({ url }, at) => ({ id: `b-${at + 1}`, url })) },
    ],
  };
  const simulators = await Promise.all(
    ['a', 'b'].map((installation) => startSimulator({ installation, vms: 5, port: 0 })),
  );
  simulators.forEach((simulator) => started.defer(() => simulator.close()));
  const start = async (installation: string, nth: number, at: number): Promise<BrokerProcess> => {
    const driver = { kind: 'simulator', url: simulators[installation === 'a' ? 0 : 1]!.url };
    const broker = `${installation}-${nth}`;
    const listen = { port: port + at };
    // Over a conduit no request arrives in halves; `conduit.test.ts` cancels there.
    const config = { site, installation, broker, listen, driver, conduits: false, log: { level: 'error' } };
    return started.use(await spawnBroker(urls[at]!, config));
  };
  const [asked, ...others] = await Promise.all([start('a', 1, 0), start('b', 1, 1), start('b', 2, 2)]);
  brokers = { asked, others };
  await eventually(async () =>
    expect(await (await ask(new AbortController().signal)).text()).toContain('{"localId":"b"}'),
  );
}, 60_000);

afterEach(async () => {
  holds.forEach((hold) => hold.release());
  await eventually(async () => expect(await inFlight()).toEqual(nothing), 10_000);
});

afterAll(async () => {
  await started.disposeAsync();
});

test('within a second of the disconnects in the middle of 100 slow requests nothing is in flight anywhere', async () => {
  holds.forEach((hold) => hold.keep());
  const before = await cancellations();
  const callers = Array.from({ length: 100 }, () => new AbortController());
  const asking = callers.map(({ signal }) => ask(signal).then(String, () => 'gone'));
  const busy = await eventually(async () => {
    const now = await inFlight();
    expect(now.asked).toBe(100);
    expect(now.others).toBeGreaterThanOrEqual(16);
    return now;
  });
  callers.forEach((caller) => caller.abort());
  const goneAt = performance.now();
  await eventually(async () => expect(await inFlight()).toEqual(nothing), withinMs);
  const tookMs = Math.round(performance.now() - goneAt);
  expect(new Set(await Promise.all(asking))).toEqual(new Set(['gone']));
  const cancelled = (await cancellations()) - before;
  // On a machine with much else to do some partial answers leave just before their callers do.
  expect(cancelled).toBeGreaterThan(25);
  process.stderr.write(
    `100 disconnects: ${JSON.stringify(busy)} in flight before, nothing ${tookMs} ms after; ${cancelled} counted as cancelled\n`,
  );
});

test('a deadline that passes ends what was asked of others, and the partial answer is there in time', async () => {
  holds.forEach((hold) => hold.keep());
  const answer = await ask(new AbortController().signal, 'query @coverage(timeoutMs: 400)');
  expect(await answer.json()).toMatchObject({
    extensions: { coverage: { virtualMachines: { complete: false } } },
  });
  await eventually(async () => expect(await inFlight()).toEqual(nothing), withinMs);
});

test('the loser of a hedge is called off at its broker', async () => {
  let lost = 0;
  for (let asked = 0; asked < 50; asked += 1) {
    const answer = await ask(new AbortController().signal);
    const { coverage } = ((await answer.json()) as Answer).extensions;
    expect(coverage.virtualMachines.complete).toBe(true);
    lost = Math.max(...holds.map(({ kept }) => kept));
    if (lost > 0) {
      break;
    }
    // Whoever answered last is probably asked first the next time.
    const last = coverage.virtualMachines.sources.find(({ id }) => id === 'installation:b')?.endpoint;
    holds.forEach((hold) => (hold.url === last ? hold.keep() : hold.release()));
  }
  expect(lost).toBeGreaterThan(0);
  await eventually(async () => expect(await inFlight()).toEqual(nothing), withinMs);
});

interface Answer {
  readonly extensions: {
    readonly coverage: {
      readonly virtualMachines: {
        readonly complete: boolean;
        readonly sources: readonly { readonly id: string; readonly endpoint: string | null }[];
      };
    };
  };
}

const nothing = { asked: 0, others: 0, attempts: 0 };

async function inFlight(): Promise<typeof nothing> {
  const [asked, ...others] = await Promise.all([brokers.asked, ...brokers.others].map(({ url }) => readMetrics(url)));
  return {
    asked: running(asked!),
    others: others.reduce((sum, samples) => sum + running(samples), 0),
    attempts: asked!.value('sitewide_attempts_in_flight')!,
  };
}

function running(samples: Samples): number {
  const tiers = samples.labelValues('sitewide_requests_in_flight', 'tier');
  return tiers.reduce((sum, tier) => sum + samples.value('sitewide_requests_in_flight', { tier })!, 0);
}

async function cancellations(): Promise<number> {
  return (await readMetrics(brokers.asked.url)).value('sitewide_cancellations_total', { tier: 'SITE' }) ?? 0;
}

function ask(signal: AbortSignal, operation = 'query'): Promise<Response> {
  return fetch(`${brokers.asked.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sitewide-deadline-ms': '30000' },
    body: JSON.stringify({
      query: `${operation} { virtualMachines { totalCount nodes { installation { localId } } coverage { sources { id status } } } }`,
    }),
    signal,
  });
}

/** A proxy that can keep back the bodies of requests: their headers arrive, and then nothing. */
interface Hold extends AsyncDisposable {
  readonly url: string;
  /** How many bodies were kept back since `keep`. */
  readonly kept: number;
  keep(): void;
  /** Lets new requests pass; the bodies kept back stay lost, and their connections are closed. */
  release(): void;
}

async function startHold(port: number): Promise<Hold> {
  const sockets = new Set<Socket>();
  const stuck = new Set<Socket>();
  let isKeeping = false;
  let kept = 0;
  const server = createServer((caller) => {
    const broker = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [caller, broker],
      [broker, caller],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined).once('close', () => (sockets.delete(one), stuck.delete(one), other.destroy()));
    }
    broker.pipe(caller);
    caller.on('data', (chunk: Buffer) => {
      const bodyAt =
        isKeeping && chunk.subarray(0, 4).toString() === 'POST' ? chunk.indexOf('\r\n\r\n') + 4 : chunk.length;
      if (bodyAt < chunk.length || stuck.has(caller)) {
        kept += stuck.has(caller) ? 0 : 1;
        stuck.add(caller);
        broker.write(chunk.subarray(0, bodyAt === chunk.length ? 0 : bodyAt));
      } else {
        broker.write(chunk);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get kept() {
      return kept;
    },
    keep() {
      isKeeping = true;
      kept = 0;
    },
    release() {
      isKeeping = false;
      stuck.forEach((socket) => socket.destroy());
    },
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
