import type { Socket } from 'node:net';

import { buildConnector, Pool } from 'undici';

// The connections to other brokers: a pool for each address, opened when it is first asked and closed gently when it is
// forgotten.

/** Connections to brokers. Disposing it cuts them all. */
export interface Connections extends AsyncDisposable {
  /** The connections to the broker at this address. */
  poolOf(url: string): Pool;
  /** Closes the connections to a broker as soon as what is under way on them has ended. It may be asked again later. */
  forget(url: string): void;
}

interface ConnectionsOptions {
  /** How many connections to one broker there are at most. */
  readonly perBroker: number;
  /** How long an unused connection is kept, in milliseconds; less than the server's own limit, so that we close first. */
  readonly keepAliveMs: number;
  /** Told of each connection that is opened, and to whom. */
  readonly onSocket?: (origin: string, socket: Socket) => void;
}

/** No connections yet. */
export function createConnections({ perBroker, keepAliveMs, onSocket }: ConnectionsOptions): Connections {
  const pools = new Map<string, Pool>();
  /** Closing, with requests still under way. */
  const retired = new Set<Pool>();
  const open = (origin: string): Pool =>
    new Pool(origin, {
      connections: perBroker,
      keepAliveTimeout: keepAliveMs,
      ...(onSocket && { connect: watchedConnector((socket) => onSocket(origin, socket)) }),
    });
  return {
    poolOf(url) {
      const { origin } = new URL(url);
      const pool = pools.get(origin) ?? open(origin);
      pools.set(origin, pool);
      return pool;
    },
    forget(url) {
      const { origin } = new URL(url);
      const pool = pools.get(origin);
      pools.delete(origin);
      if (pool) {
        retired.add(pool);
        // Ended otherwise, it is closed as well.
        pool.close().then(
          () => retired.delete(pool),
          () => retired.delete(pool),
        );
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...pools.values(), ...retired].map((pool) => pool.destroy()));
    },
  };
}

function watchedConnector(onSocket: (socket: Socket) => void): buildConnector.connector {
  const connect = buildConnector({});
  return (options, callback) =>
    connect(options, (...args) => {
      if (args[1]) {
        onSocket(args[1]);
      }
      callback(...args);
    });
}
