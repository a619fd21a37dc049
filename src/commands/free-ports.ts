import { createServer } from 'node:http';

import { listenOn } from '../http/listen.ts';

// Looks before anything is started, so that a taken port is one clear line and not a broker that dies.

/**
 * Makes sure that nobody listens on these ports of this machine.
 * @throws SitewideError `PORT_IN_USE` for the first that is taken.
 */
export async function requireFreePorts(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const server = createServer();
    await listenOn(server, { host: '127.0.0.1', port });
    await new Promise((resolve) => server.close(resolve));
  }
}
