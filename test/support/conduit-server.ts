import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { WebSocketServer } from 'ws';

import { systemClock } from '../../src/core/clock.ts';
import { conduitProtocol } from '../../src/core/conduit.ts';
import { type ConduitAsked, type ConduitSession, openConduit } from '../../src/http/conduit-session.ts';

// The answering end of conduits, without anything behind it: a test says what is answered.

/** A server of conduits. Disposing it cuts all of them. */
export interface ConduitServer extends AsyncDisposable {
  readonly url: string;
  /** How many times somebody wanted one. */
  readonly upgrades: number;
  readonly sessions: readonly ConduitSession[];
  /** The connections below them. */
  readonly connections: readonly Socket[];
}

interface ConduitServerOptions {
  /** Who it says it is. */
  readonly installation?: string;
  /** May reject: whoever asked may be gone. */
  readonly answer: (asked: ConduitAsked) => Promise<void>;
  /** True to offer no conduits, as older brokers do. */
  readonly isOld?: boolean;
  readonly onStall?: () => void;
  readonly stallMs?: number;
}

/** Starts one. */
export async function startConduitServer(options: ConduitServerOptions): Promise<ConduitServer> {
  const { installation = 'a', answer, isOld = false, onStall = () => undefined, stallMs = 5_000 } = options;
  const sessions: ConduitSession[] = [];
  const connections: Socket[] = [];
  let upgrades = 0;
  const server = createServer((_, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({
    noServer: true,
    autoPong: false,
    handleProtocols: (offered) => !isOld && offered.has(conduitProtocol) && conduitProtocol,
  });
  sockets.on('headers', (lines: string[]) => void lines.push(`sitewide-installation: ${installation}`));
  server.on('connection', (connection) => connections.push(connection));
  server.on('upgrade', (request, connection, head) => {
    upgrades += 1;
    sockets.handleUpgrade(request, connection, head, (socket) => {
      socket.on('error', () => undefined);
      const timeouts = { stallMs, pingMs: 60_000 };
      const patient = (asked: ConduitAsked): Promise<void> => answer(asked).catch(() => undefined);
      sessions.push(openConduit(socket, { clock: systemClock, timeouts, answer: patient, onStall }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/installation/graphql`,
    get upgrades() {
      return upgrades;
    },
    sessions,
    connections,
    async [Symbol.asyncDispose]() {
      connections.forEach((connection) => connection.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
