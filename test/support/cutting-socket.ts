import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

import { createPacketSplitter } from '../../src/drivers/libvirt/packet.ts';

// A socket in front of a libvirt daemon that loses the connection when a certain call has gone through: the daemon does what
// it was told, and whoever told it never hears of it.

/** A running socket. */
export interface CuttingSocket extends AsyncDisposable {
  readonly path: string;
  /** Cuts the next connection over which this procedure is called. */
  cutAfter(procedure: number): void;
}

/** Starts it at this path in front of the daemon's own. */
export async function startCuttingSocket(path: string, daemon: string): Promise<CuttingSocket> {
  const sockets = new Set<Socket>();
  let wanted: number | null = null;
  const server = createServer((near) => {
    const far = createConnection({ path: daemon });
    const splitter = createPacketSplitter((problem) => new Error(problem));
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => (sockets.delete(socket), near.destroy(), far.destroy()));
    }
    far.pipe(near);
    near.on('data', (chunk: Buffer) => {
      const isTheOne = splitter.push(chunk).some(({ procedure }) => procedure === wanted);
      far.write(chunk, () => {
        if (isTheOne) {
          wanted = null;
          near.destroy();
        }
      });
    });
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    path,
    cutAfter: (procedure) => (wanted = procedure),
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}
