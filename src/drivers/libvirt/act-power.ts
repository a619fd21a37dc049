import { createDeadline } from '../../core/deadline.ts';
import { powerTransitions, type Action, type PowerAction } from '../../model/action.ts';
import type { ActionResult } from '../driver.ts';
import { comesTrue, domainOf, refusable, type ActContext } from './act-context.ts';
import { impossible, isLibvirtError } from './errors.ts';
import { askPowerState } from './power-state.ts';
import { domainEvents, domainStates } from './procedures.ts';
import type { DomainRef } from './wire-types.ts';

// What is done with the power of a machine. The daemon decides what is possible; what is so already is not asked for.

/** Does it, and waits for the effect. Throws as `Driver.apply`. */
export async function setPowerState(
  context: ActContext,
  { vm, action }: Extract<Action, { readonly kind: 'SET_POWER_STATE' }>,
): Promise<ActionResult> {
  const ref = await domainOf(context, vm);
  if (!(await isReached(context, ref, action))) {
    try {
      await refusable(() => tell(context, ref, action));
    } catch (thrown) {
      // Somebody else, or a broker that had this operation before, may have been a little faster.
      if (!isLibvirtError(thrown, ['operationInvalid']) || !(await isReached(context, ref, action))) {
        throw thrown;
      }
    }
  }
  return { vm };
}

/** True if the machine is in the state that the action leads to; never of one that leads back to where it was. */
export async function isReached(
  { client, order }: Pick<ActContext, 'client' | 'order'>,
  ref: DomainRef,
  action: PowerAction,
): Promise<boolean> {
  if (action === 'REBOOT' || action === 'RESET') {
    return false;
  }
  return (await askPowerState(client, ref, order.signal)) === powerTransitions[action].to;
}

async function tell(context: ActContext, ref: DomainRef, action: PowerAction): Promise<void> {
  const { change } = context.client;
  const { signal } = context.order;
  switch (action) {
    case 'START':
      return start(context, ref);
    case 'SHUTDOWN':
      return shutDown(context, ref);
    case 'FORCE_STOP':
      return change.destroy(ref, signal);
    case 'REBOOT':
      return reboot(context, ref);
    case 'RESET':
      return change.reset(ref, signal);
    case 'PAUSE':
      return change.suspend(ref, signal);
    case 'RESUME':
      return change.resume(ref, signal);
    case 'SUSPEND':
      return save(context, ref);
  }
}

/** How long a daemon may take to hear that a save is to be ended, in milliseconds; it is looked at afterwards anyway. */
const farewellMs = 2_000;

/** Saves the memory; that takes long and can be ended midway, after which the machine goes on as if nothing had been. */
async function save({ client, clock, order }: ActContext, ref: DomainRef): Promise<void> {
  try {
    await client.change.managedSave(ref, order.signal);
  } catch (thrown) {
    if (order.signal.aborted && !client.lost.aborted) {
      using farewell = createDeadline({ clock, timeoutMs: farewellMs });
      await client.change.abortJob(ref, farewell.signal).catch(() => undefined);
    }
    throw thrown;
  }
}

/** How often a guest is asked to shut down, in milliseconds: one that is still booting does not hear it. */
const askAgainMs = 10_000;

async function shutDown(context: ActContext, ref: DomainRef): Promise<void> {
  const { client, clock, order } = context;
  let askAt = clock.now();
  return obeyed(context, 'shut down', async () => {
    if (await isReached(context, ref, 'SHUTDOWN')) {
      return true;
    }
    if (clock.now() >= askAt) {
      askAt = clock.now() + askAgainMs;
      await client.change.shutdown(ref, order.signal);
    }
    return false;
  });
}

/** Starts a machine that is off or saved, and wakes one that sleeps by the will of its guest. */
async function start(context: ActContext, ref: DomainRef): Promise<void> {
  const { client, order } = context;
  const { state } = await client.domainState(ref, order.signal);
  if (state !== domainStates.pmSuspended) {
    return client.change.start(ref, order.signal);
  }
  await client.change.wakeUp(ref, order.signal);
  return obeyed(context, 'wake up', () => isReached(context, ref, 'START'));
}

/** The only thing that tells of a boot is an event; a guest may also be set to stay off instead. */
async function reboot(context: ActContext, ref: DomainRef): Promise<void> {
  const { client, order, rebooted } = context;
  await client.watchDomains(domainEvents.reboot, order.signal);
  await client.change.reboot(ref, order.signal);
  return obeyed(
    context,
    'boot anew',
    async () => rebooted.has(ref.uuid) || (await askPowerState(client, ref, order.signal)) === 'STOPPED',
  );
}

/** A guest that does not react, for example because none has booted yet, would be asked in vain another time. */
async function obeyed(context: ActContext, what: string, look: () => Promise<boolean>): Promise<void> {
  const { guestPatienceMs } = context;
  if (!(await comesTrue(context, guestPatienceMs, look))) {
    throw impossible(`the guest was asked to ${what} and did not within ${guestPatienceMs} ms`);
  }
}
