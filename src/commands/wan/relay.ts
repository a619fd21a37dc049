import { createServer } from 'node:net';

import { listenOn } from '../../http/listen.ts';
import { carryConnection, type WanConnection, type WanFault } from './connection.ts';
import { emptyTally, type WanCounts } from './counts.ts';
import type { Lane } from './lane.ts';
import { createMeter } from './meter.ts';

// The address under which one broker is known at another site: what connects here travels over the lanes between the two
// sites and is counted on its way.

/** A running relay. Disposing resets its connections. */
export interface WanRelay extends AsyncDisposable {
  readonly url: string;
  /** What has been sent into it so far, whether or not it arrived. */
  counts(): WanCounts;
  /** Spoils this way from now on, for open connections as well; `none` heals. */
  setFault(fault: WanFault): void;
}

interface RelayOptions {
  /** The address of the broker. */
  readonly target: string;
  readonly lanes: { readonly up: Lane; readonly down: Lane };
  /** 0 for any that is free. */
  readonly port: number;
}

const host = '127.0.0.1';

/**
 * Starts a relay in front of a broker.
 * @throws SitewideError `PORT_IN_USE`.
 */
export async function startRelay({ target, lanes, port }: RelayOptions): Promise<WanRelay> {
  const { hostname, port: targetPort } = new URL(target);
  const tally = emptyTally();
  const connections = new Set<WanConnection>();
  let fault: WanFault = { kind: 'none' };
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (near) => {
    tally.connections += 1;
    tally.open += 1;
    const connection = carryConnection({
      near,
      target: { host: hostname, port: Number(targetPort) },
      lanes,
      meter: createMeter(tally),
      fault: () => fault,
      onClosed() {
        tally.open -= connections.delete(connection) ? 1 : 0;
      },
    });
    connections.add(connection);
  });
  const { url } = await listenOn(server, { host, port });
  return {
    url,
    counts: () => structuredClone(tally),
    setFault(changed) {
      fault = changed;
      connections.forEach((connection) => connection.adapt());
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      connections.forEach((connection) => connection.reset());
      await closed;
    },
  };
}
