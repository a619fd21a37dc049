import type { Clock } from '../../core/clock.ts';
import type { Order } from '../driver.ts';
import type { LibvirtClient } from './client.ts';
import { asImpossible } from './errors.ts';
import type { ErrorMaker } from './errors.ts';
import type { DomainRef } from './wire-types.ts';

// What the actions work with. libvirt knows nothing of owners and epochs, so that nothing can be refused to a broker that
// has lost an operation; each call that changes something begins only if the order's signal has not aborted, and finding
// out what became of an operation waits for calls that are on their way (operation-mark.ts). What remains is a broker that is
// stopped between the two and goes on much later, which is why actions are safe to repeat, by the same names and ids.

/** What is needed for one action: a connection of its own, and the order. */
export interface ActContext {
  readonly client: LibvirtClient;
  readonly clock: Clock;
  readonly errors: ErrorMaker;
  readonly order: Order;
  /** How long a guest may take to do what it was asked for, in milliseconds. */
  readonly guestPatienceMs: number;
  /** The domains of whose boot anew the daemon has told on this connection. */
  readonly rebooted: ReadonlySet<string>;
}

/** How often something is looked at that tells nothing by itself, in milliseconds. */
const pauseMs = 200;

/**
 * The domain of a machine.
 * @throws SitewideError ACTION_IMPOSSIBLE if there is none.
 */
export async function domainOf({ client, order }: ActContext, vm: string): Promise<DomainRef> {
  return refusable(() => client.domainByUuid(vm, order.signal));
}

/** Does it; a refusal of the daemon becomes ACTION_IMPOSSIBLE in its own words. */
export async function refusable<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    throw asImpossible(thrown);
  }
}

/** Looks again and again; gives false if it did not come true within this time, in milliseconds. */
export async function comesTrue(
  { clock, order }: ActContext,
  limitMs: number,
  look: () => Promise<boolean>,
): Promise<boolean> {
  const until = clock.now() + limitMs;
  while (!(await look())) {
    if (clock.now() >= until) {
      return false;
    }
    await clock.sleep(pauseMs, order.signal);
  }
  return true;
}
