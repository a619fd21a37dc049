import type { Clock } from '../../core/clock.ts';
import { SitewideError } from '../../core/errors.ts';
import type { Driver } from '../driver.ts';
import { createErrorMaker } from './errors.ts';
import { openClient } from './open-client.ts';
import type { ClientOptions } from './open-client.ts';
import { readInventory } from './read-inventory.ts';
import { parseLibvirtUri } from './uri.ts';
import { createUsageSampler } from './usage.ts';
import { watchDaemon } from './watch.ts';

// The driver for libvirt daemons, over their own protocol and a unix socket. It only reads.

/** Which daemon, and how patient to be with it. Times are in milliseconds. */
export interface LibvirtDriverOptions {
  /** In libvirt's notation, for example `qemu:///system` or `qemu+unix:///session?socket=/run/x/libvirt-sock`. */
  readonly uri: string;
  readonly clock: Clock;
  /** How often a watch looks at CPU and memory usage. */
  readonly statsIntervalMs?: number;
  /** How often a watch looks at everything, for what no event tells: DHCP leases, sizes of disks and pools. */
  readonly refreshIntervalMs?: number;
  /** How long one call may take: a domain that is being destroyed holds up a list for a second or two. */
  readonly callTimeoutMs?: number;
  /** How long the daemon may be silent before it is asked for a sign of life; after as long again it counts as lost. */
  readonly keepAliveMs?: number;
}

/**
 * A driver for the daemon at this URI. Connects when it is used: each inventory and each watch on a connection of its own.
 * @throws SitewideError DRIVER_URI_INVALID
 */
export function createLibvirtDriver({
  uri,
  clock,
  statsIntervalMs = 5_000,
  refreshIntervalMs = 60_000,
  callTimeoutMs = 10_000,
  keepAliveMs = 5_000,
}: LibvirtDriverOptions): Driver {
  const errors = createErrorMaker(uri);
  const usage = createUsageSampler(clock);
  const disposed = new AbortController();
  const connection: ClientOptions = { target: parseLibvirtUri(uri), uri, clock, callTimeoutMs, keepAliveMs };
  const untilDisposed = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, disposed.signal]);

  return {
    kind: 'libvirt',
    uri,
    async inventory(signal) {
      const until = untilDisposed(signal);
      await using client = await openClient(connection, until);
      return (await readInventory({ client, errors, usage }, until)).inventory;
    },
    watch: (signal) =>
      watchDaemon(
        {
          open: ({ noteDomain, noteEverything }, until) =>
            openClient({ ...connection, onDomainEvent: noteDomain, onFabricEvent: noteEverything }, until),
          clock,
          errors,
          usage,
          statsIntervalMs,
          refreshIntervalMs,
        },
        untilDisposed(signal),
      ),
    capabilities: { actions: [], powerActions: [] },
    apply: async (action) => {
      throw new SitewideError('ACTION_UNSUPPORTED', {
        driver: 'libvirt',
        action: action.kind,
        problem: 'it only reads',
      });
    },
    reconcile: async () => ({ outcome: 'NOT_DONE' }),
    async [Symbol.asyncDispose]() {
      disposed.abort(errors.unreachable('the driver was disposed'));
    },
  };
}
