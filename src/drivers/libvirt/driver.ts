import type { Clock } from '../../core/clock.ts';
import type { Driver, Order } from '../driver.ts';
import { applyAction, capabilities } from './act.ts';
import type { ActContext } from './act-context.ts';
import { createErrorMaker } from './errors.ts';
import { openClient } from './open-client.ts';
import type { ClientOptions } from './open-client.ts';
import { readInventory } from './read-inventory.ts';
import { reconcileAction } from './reconcile.ts';
import { parseLibvirtUri } from './uri.ts';
import { createUsageSampler } from './usage.ts';
import { watchDaemon } from './watch.ts';
import type { DomainRef } from './wire-types.ts';

// The driver for libvirt daemons, over their own protocol and a unix socket.

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
  /** How long a guest may take to shut down or to boot anew when it is asked to. */
  readonly guestPatienceMs?: number;
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
  guestPatienceMs = 120_000,
}: LibvirtDriverOptions): Driver {
  const errors = createErrorMaker(uri);
  const usage = createUsageSampler(clock);
  const disposed = new AbortController();
  const connection: ClientOptions = { target: parseLibvirtUri(uri), uri, clock, callTimeoutMs, keepAliveMs };
  const untilDisposed = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, disposed.signal]);

  /** Each on a connection of its own: a call that takes minutes would hold up what comes after it. */
  async function withContext<T>(given: Order, act: (context: ActContext) => Promise<T>): Promise<T> {
    const order = { ...given, signal: untilDisposed(given.signal) };
    const rebooted = new Set<string>();
    const onDomainEvent = ({ uuid }: DomainRef): unknown => rebooted.add(uuid);
    await using client = await openClient({ ...connection, onDomainEvent }, order.signal);
    return await act({ client, clock, errors, order, guestPatienceMs, rebooted });
  }

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
    capabilities,
    apply: (action, order) => withContext(order, (context) => applyAction(context, action)),
    reconcile: (action, order) => withContext(order, (context) => reconcileAction(context, action)),
    async [Symbol.asyncDispose]() {
      disposed.abort(errors.unreachable('the driver was disposed'));
    },
  };
}
