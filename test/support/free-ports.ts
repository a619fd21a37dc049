import { once } from 'node:events';
import { createServer } from 'node:net';

// The demo takes consecutive ports, so a run of free ones has to be found before it starts.

// Test files that run side by side look for ports at different places: what one of them has found, or wants back for a broker that
// it has killed, is free for the others to take otherwise.
const worker = process.env['JEST_WORKER_ID'];
const portsEach = worker === undefined ? 10_000 : 2_000;
const firstPort = 20_000 + ((Number(worker ?? 1) - 1) % 5) * portsEach;

/** The first of `count` consecutive ports that are free on loopback now. */
export async function findFreePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const first = firstPort + Math.floor(Math.random() * (portsEach - count));
    const free = await Promise.all(Array.from({ length: count }, (_, at) => isFree(first + at)));
    if (free.every(Boolean)) {
      return first;
    }
  }
  throw new Error(`There are no ${count} consecutive free ports on loopback.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    // A port that cannot be listened on is what this function is there to find out.
    return false;
  } finally {
    server.close();
  }
}
