import type { KeyObject } from 'node:crypto';
import type { Socket } from 'node:net';

import { LRUCache } from 'lru-cache';
import { buildConnector, Pool } from 'undici';

import type { PeerCertificates, PeerConnecting } from '../auth/certificate/peer-certificates.ts';
import type { Clock } from '../core/clock.ts';
import { type Conduit, createConduit } from './conduit.ts';

// The connections to other brokers: a pool for each address and who should be there, opened when it is first asked and closed gently when it is
// forgotten; and beside it a conduit, where there may be one.

/** Connections to brokers. Disposing it cuts them all. */
export interface Connections extends AsyncDisposable {
  /** The way to the broker at this address, who has to be of this source. */
  wayTo(url: string, source: string): Way;
  /** Closes the connections to a broker as soon as what is under way on them has ended. It may be asked again later. */
  forget(url: string): void;
}

/** Connections that were, or are going to be, opened with the same certificate. */
export interface Way {
  readonly pool: Pool;
  /** Null where there is none. */
  readonly conduit: Conduit | null;
  /** The key of that certificate; null if there is none. */
  readonly key: KeyObject | null;
  /** Of the address, with its query. */
  readonly path: string;
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
  /** The time for conduits; absent: there are none. */
  readonly conduits?: Clock | null;
}

/** No connections yet. */
export function createConnections(options: ConnectionsOptions): Connections {
  const { perBroker, keepAliveMs, certificates, conduits = null } = options;
  /** By source, then by origin: who is at an address was judged for the source that was asked there. */
  const pools = new Map<string, Map<string, OpenPool>>();
  const addresses = new LRUCache<string, BrokerAddress>({ max: rememberedAddresses });
  /** Closing, with requests still under way. */
  const retired = new Set<Pool>();
  const remember = (url: string): BrokerAddress => {
    const address = addressOf(url);
    addresses.set(url, address);
    return address;
  };
  const open = (origin: string, source: string): OpenPool => {
    const connecting = certificates?.connecting(source) ?? null;
    const pool = new Pool(origin, {
      connections: perBroker,
      keepAliveTimeout: keepAliveMs,
      // Each request has a deadline of its own, which is shorter; timers beside it would be set for nothing.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: createConnector(options, source, connecting),
    });
    const conduit = conduits && createConduit({ source, clock: conduits, tls: connecting?.options ?? null });
    const opened = { pool, conduit, key: connecting?.key ?? null };
    const ofSource = pools.get(source) ?? new Map<string, OpenPool>();
    pools.set(source, ofSource.set(origin, opened));
    return opened;
  };
  const retire = (isMeant: (origin: string) => boolean): void => {
    for (const [source, ofSource] of pools) {
      for (const [origin, { pool, conduit }] of ofSource) {
        if (isMeant(origin)) {
          ofSource.delete(origin);
          conduit?.leave();
          retired.add(pool);
          // Ended otherwise, it is closed as well.
          pool.close().then(
            () => retired.delete(pool),
            () => retired.delete(pool),
          );
        }
      }
      if (ofSource.size === 0) {
        pools.delete(source);
      }
    }
  };
  // What was opened with other certificates is not used any more.
  const unlisten = certificates?.onChange(() => retire(() => true));
  return {
    wayTo(url, source) {
      const { origin, path } = addresses.get(url) ?? remember(url);
      const { pool, conduit, key } = pools.get(source)?.get(origin) ?? open(origin, source);
      return { pool, conduit, key, path };
    },
    forget(url) {
      const { origin: left } = new URL(url);
      retire((origin) => origin === left);
    },
    async [Symbol.asyncDispose]() {
      unlisten?.();
      const all = [...pools.values()].flatMap((ofSource) => [...ofSource.values()]);
      all.forEach(({ conduit }) => conduit?.terminate());
      await Promise.all([...all.map(({ pool }) => pool), ...retired].map((pool) => pool.destroy()));
    },
  };
}

type OpenPool = Omit<Way, 'path'>;

/** More than brokers that are asked at one time. */
const rememberedAddresses = 4_000;

interface BrokerAddress {
  readonly origin: string;
  readonly path: string;
}

function addressOf(url: string): BrokerAddress {
  const { origin, pathname, search } = new URL(url);
  return { origin, path: `${pathname}${search}` };
}

function createConnector(
  { onSocket }: ConnectionsOptions,
  source: string,
  connecting: PeerConnecting | null,
): buildConnector.connector {
  const connect = buildConnector({
    ...connecting?.options,
    // Nobody is taken for who they were the last time.
    maxCachedSessions: 0,
  });
  return (options, callback) => {
    connect(options, (...args) => {
      if (args[1]) {
        onSocket?.(source, args[1]);
      }
      callback(...args);
    });
  };
}
