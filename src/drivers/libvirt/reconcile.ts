import type { Action } from '../../model/action.ts';
import type { Finding } from '../driver.ts';
import type { ActContext } from './act-context.ts';
import { isReached } from './act-power.ts';
import { hasOwnSnapshot, snapshotOf } from './act-snapshot.ts';
import { isImpossible, isLibvirtError } from './errors.ts';
import { markDomain } from './operation-mark.ts';
import type { DomainRef } from './wire-types.ts';

// What became of an action that another broker may have begun, found out by looking at what it would have led to.

/** `Driver.reconcile`. */
export async function reconcileAction(context: ActContext, action: Action): Promise<Finding> {
  switch (action.kind) {
    case 'SET_POWER_STATE':
      return action.action === 'REBOOT' || action.action === 'RESET'
        ? { outcome: 'UNKNOWN' }
        : lookAt(context, action.vm, (ref) => isReached(context, ref, action.action));
    case 'CREATE_SNAPSHOT':
      return lookAt(context, action.vm, (ref) => isKept(context, ref, action.name));
    case 'DELETE_SNAPSHOT':
      return lookAt(context, action.vm, async (ref) => (await snapshotOf(context, ref, action.name)) === null);
    case 'REVERT_TO_SNAPSHOT':
      return { outcome: 'UNKNOWN' };
    default:
      return { outcome: 'NOT_DONE' };
  }
}

/** Looks at a domain once nothing is under way with it any more; of one that is gone, nothing was or will be done. */
async function lookAt(context: ActContext, vm: string, isDone: (ref: DomainRef) => Promise<boolean>): Promise<Finding> {
  const { client, order } = context;
  try {
    const ref = await client.domainByUuid(vm, order.signal);
    await markDomain(client, ref, order);
    return (await isDone(ref)) ? { outcome: 'DONE', result: { vm } } : { outcome: 'NOT_DONE' };
  } catch (thrown) {
    if (isLibvirtError(thrown, ['noDomain'])) {
      return { outcome: 'NOT_DONE' };
    }
    throw thrown;
  }
}

/** A snapshot of that name which something else has made is none of this operation. */
async function isKept(context: ActContext, ref: DomainRef, name: string): Promise<boolean> {
  try {
    return await hasOwnSnapshot(context, ref, name);
  } catch (thrown) {
    if (isImpossible(thrown)) {
      return false;
    }
    throw thrown;
  }
}
