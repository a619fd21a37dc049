import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

import { createPacketSplitter } from '../../src/drivers/libvirt/packet.ts';

// A socket in front of a libvirt daemon that loses the connection in the middle of a certain call: the daemon does what it was
// told, and whoever told it never hears of it.

/** When the connection is lost: as soon as the daemon has been called, or once it has answered, which nobody hears of. */
export type Moment = 'CALLED' | 'ANSWERED';

/** A running socket. */
export interface CuttingSocket extends AsyncDisposable {
  readonly path: string;
  /** Cuts the next connection over which this procedure is called. */
  cutAfter(procedure: number, moment?: Moment): void;
}

/** Starts it at this path in front of the daemon's own. */
export async function startCuttingSocket(path: string, daemon: string): Promise<CuttingSocket> {
  const sockets = new Set<Socket>();
  let wanted: { procedure: number; moment: Moment } | null = null;
  const server = createServer((near) => {
    const far = createConnection({ path: daemon });
    const calls = createPacketSplitter((problem) => new Error(problem));
    const answers = createPacketSplitter((problem) => new Error(problem));
    const cut = (): void => {
      wanted = null;
      near.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => (sockets.delete(socket), near.destroy(), far.destroy()));
    }
    far.on('data', (chunk: Buffer) => {
      const isTheOne = answers.push(chunk).some(({ procedure }) => procedure === wanted?.procedure);
      if (isTheOne) {
        cut();
      } else {
        near.write(chunk);
      }
    });
    near.on('data', (chunk: Buffer) => {
      const isTheOne = calls.push(chunk).some(({ procedure }) => procedure === wanted?.procedure);
      far.write(chunk, () => {
        if (isTheOne && wanted?.moment === 'CALLED') {
          cut();
        }
      });
    });
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    path,
    cutAfter(procedure, moment = 'CALLED') {
      wanted = { procedure, moment };
    },
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}
