import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { systemClock } from '../../core/clock.ts';
import type { Clock } from '../../core/clock.ts';
import { SitewideError } from '../../core/errors.ts';
import { sendError } from './answers.ts';
import { createFaultInjector } from './faults.ts';
import { live } from './life.ts';
import { createManager } from './manager.ts';
import { createRandom } from './random.ts';
import { answer } from './routes.ts';
import type { RouteContext } from './routes.ts';
import { createTasks } from './tasks.ts';
import { defaultEpochMs, generateWorld } from './world.ts';

// A simulated hypervisor manager: a world of machines behind HTTP, for trying this program out and for testing it. It keeps
// nothing: started again it has the world of its seed.

/** How a simulated manager is set up; everything but the installation has a default. */
export interface SimulatorOptions {
  /** The configured id of the installation; worlds of two installations differ. */
  readonly installation: string;
  /** Where to listen; loopback by default. */
  readonly host?: string;
  /** 0, the default, for any free port. */
  readonly port?: number;
  readonly seed?: number;
  readonly vms?: number;
  readonly hosts?: number;
  /** Changes of machines per minute; none by default. */
  readonly churnPerMinute?: number;
  /** Milliseconds between two moves of usage; 0 for none. */
  readonly usageIntervalMs?: number;
  /** How much later every answer to a driver begins, in milliseconds. */
  readonly latencyMs?: number;
  /** How long a change takes, in milliseconds. */
  readonly actionMs?: number;
  /** How long an event stream is silent at most, in milliseconds. */
  readonly heartbeatMs?: number;
  /** The instant before which the world was made, in milliseconds since 1970. */
  readonly epochMs?: number;
  readonly clock?: Clock;
  /** Names this life of the manager. */
  readonly newId?: () => string;
}

/** A simulated manager that listens. */
export interface Simulator extends AsyncDisposable {
  /** For example `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Cuts all connections and stops listening. */
  close(): Promise<void>;
}

/** What holds unless an option says otherwise. */
export const simulatorDefaults = {
  host: '127.0.0.1',
  port: 0,
  seed: 1,
  vms: 200,
  churnPerMinute: 0,
  usageIntervalMs: 5_000,
  latencyMs: 0,
  actionMs: 0,
  heartbeatMs: 1_000,
  epochMs: defaultEpochMs,
  clock: systemClock,
  newId: randomUUID,
} as const satisfies Partial<SimulatorOptions>;

/** As many machines as run on one host of a middling installation. */
const vmsPerHost = 40;

/**
 * Starts a simulated manager.
 * @throws SitewideError PORT_IN_USE.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { installation, host, port, ...settings } = { ...simulatorDefaults, ...options };
  const {
    seed,
    vms,
    hosts = Math.max(2, Math.ceil(vms / vmsPerHost)),
    epochMs,
    clock,
    latencyMs,
    heartbeatMs,
    actionMs,
  } = settings;
  const chance = `${installation}/${seed}`;
  const world = generateWorld({ installation, seed, vms, hosts, epochMs });
  const manager = createManager({ world, instance: settings.newId() });
  const faults = createFaultInjector({ clock, random: createRandom(`${chance}/faults`), latencyMs });
  const random = createRandom(`${chance}/edits`);
  const tasks = createTasks({ manager, clock, random, actionMs });
  const closing = new AbortController();
  const context = { installation, manager, faults, clock, random, heartbeatMs, tasks };
  const server = createServer(handlerOf(context, closing.signal));
  await listen(server, host, port);
  const { churnPerMinute, usageIntervalMs } = settings;
  const life = live({ manager, clock, seed: chance, churnPerMinute, usageIntervalMs, signal: closing.signal });
  async function close(): Promise<void> {
    if (closing.signal.aborted) {
      return;
    }
    closing.abort(new SitewideError('SHUTTING_DOWN', {}));
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await Promise.all([closed, life]);
  }
  return { url: urlOf(server), close, [Symbol.asyncDispose]: close };
}

function handlerOf(context: RouteContext, closing: AbortSignal) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, closing]);
    const url = new URL(request.url ?? '/', 'http://simulator');
    answer({ request, response, url, signal }, context).catch((thrown: unknown) => {
      // Nobody is there to be told of an error when the caller has gone or everything ends.
      if (!signal.aborted) {
        sendError(response, thrown);
      }
    });
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new SitewideError('PORT_IN_USE', { host, port }, { cause: thrown });
    }
    throw thrown;
  }
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
