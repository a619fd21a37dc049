import type { Socket } from 'node:net';

import { buildConnector, Pool } from 'undici';

import type { PeerCertificates } from '../auth/certificate/peer-certificates.ts';

// The connections to other brokers: a pool for each address, opened when it is first asked and closed gently when it is
// forgotten.

/** Connections to brokers. Disposing it cuts them all. */
export interface Connections extends AsyncDisposable {
  /** The connections to the broker at this address, who has to be of this source. */
  poolOf(url: string, source: string): Pool;
  /** Closes the connections to a broker as soon as what is under way on them has ended. It may be asked again later. */
  forget(url: string): void;
}

interface ConnectionsOptions {
  /** How many connections to one broker there are at most. */
  readonly perBroker: number;
  /** How long an unused connection is kept, in milliseconds; less than the server's own limit, so that we close first. */
  readonly keepAliveMs: number;
  /** What brokers prove who they are with; null: nothing. */
  readonly certificates: PeerCertificates | null;
  /** Told of each connection that is opened, and to whom. */
  readonly onSocket?: (source: string, socket: Socket) => void;
}

/** No connections yet. */
export function createConnections(options: ConnectionsOptions): Connections {
  const { perBroker, keepAliveMs, certificates } = options;
  const pools = new Map<string, Pool>();
  /** Closing, with requests still under way. */
  const retired = new Set<Pool>();
  /** Which source the broker at an address is of, as whoever asked there last said. */
  const sources = new Map<string, string>();
  const open = (origin: string): Pool =>
    new Pool(origin, {
      connections: perBroker,
      keepAliveTimeout: keepAliveMs,
      connect: createConnector(options, () => sources.get(origin)!),
    });
  const retire = (origin: string): void => {
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
  };
  // What was opened with other certificates is not used any more.
  const unlisten = certificates?.onChange(() => [...pools.keys()].forEach(retire));
  return {
    poolOf(url, source) {
      const { origin } = new URL(url);
      sources.set(origin, source);
      const pool = pools.get(origin) ?? open(origin);
      pools.set(origin, pool);
      return pool;
    },
    forget(url) {
      retire(new URL(url).origin);
    },
    async [Symbol.asyncDispose]() {
      unlisten?.();
      await Promise.all([...pools.values(), ...retired].map((pool) => pool.destroy()));
    },
  };
}

function createConnector(
  { certificates, onSocket }: ConnectionsOptions,
  sourceOf: () => string,
): buildConnector.connector {
  return (options, callback) => {
    const source = sourceOf();
    const connect = buildConnector({
      ...certificates?.connecting(source),
      // Nobody is taken for who they were the last time.
      maxCachedSessions: 0,
    });
    connect(options, (...args) => {
      if (args[1]) {
        onSocket?.(source, args[1]);
      }
      callback(...args);
    });
  };
}
