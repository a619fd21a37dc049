import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

import { startBroker } from '../../../src/commands/broker.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { startSimulator } from '../../../src/drivers/simulator/server.ts';
import { silentLogger } from '../../../src/telemetry/logger.ts';
import type { PlannedSite } from './plan.ts';

// One site of the simulated federation in one process: the simulated managers of its installations, and for each a broker
// that listens at as many addresses as the installation would have brokers. It is told its plan, says when all of it is
// ready, and ends with its parent.

process.once('message', (plan: PlannedSite) => void run(plan));
process.once('disconnect', () => process.exit(0));

async function run({ site, federation, serves, vms }: PlannedSite): Promise<void> {
  for (const { installation, port } of serves) {
    const { brokers } = site.installations.find(({ id }) => id === installation)!;
    const simulator = await startSimulator({ installation, vms, port: 0, usageIntervalMs: 0, seed: port });
    const config = parseConfig(
      JSON.stringify({
        site,
        federation,
        installation,
        broker: brokers[0]!.id,
        listen: { host: '127.0.0.1', port },
        driver: { kind: 'simulator', url: simulator.url },
      }),
      { file: `${installation}.yml` },
    );
    const { address } = await startBroker(config, {
      clock: systemClock,
      random: Math.random,
      newId: randomUUID,
      logger: silentLogger,
    });
    for (const { url } of brokers.slice(1)) {
      await leadTo(Number(new URL(address.url).port), Number(new URL(url).port));
    }
    await untilReady(address.url);
  }
  process.send?.('ready');
}

/** A further address of a broker: bytes both ways. */
async function leadTo(target: number, port: number): Promise<AddressInfo> {
  const door = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    near.pipe(far).pipe(near);
    near.on('error', () => undefined).once('close', () => far.destroy());
    far.on('error', () => undefined).once('close', () => near.destroy());
  });
  door.listen(port, '127.0.0.1');
  await once(door, 'listening');
  return door.address() as AddressInfo;
}

async function untilReady(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/health/ready`);
    await response.body?.cancel();
    if (response.ok) {
      return;
    }
    await systemClock.sleep(50, AbortSignal.timeout(60_000));
  }
}
