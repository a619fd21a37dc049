import type { Action } from '../../model/action.ts';
import type { Finding } from '../driver.ts';
import type { ActContext } from './act-context.ts';
import { isReached } from './act-power.ts';
import { isChanged } from './act-reconfigure.ts';
import { hasOwnSnapshot, snapshotOf } from './act-snapshot.ts';
import { isImpossible, isLibvirtError } from './errors.ts';
import { markDomain } from './operation-mark.ts';
import { removeOwnDisks } from './volumes.ts';
import type { DomainRef } from './wire-types.ts';

// What became of an action that another broker may have begun, found out by looking at what it would have led to.

const notDone = { outcome: 'NOT_DONE' } as const;

/** `Driver.reconcile`. */
export async function reconcileAction(context: ActContext, action: Action): Promise<Finding> {
  switch (action.kind) {
    case 'SET_POWER_STATE':
      return action.action === 'REBOOT' || action.action === 'RESET'
        ? { outcome: 'UNKNOWN' }
        : ((await lookAt(context, action.vm, (ref) => isReached(context, ref, action.action))) ?? notDone);
    case 'CREATE_SNAPSHOT':
      return (await lookAt(context, action.vm, (ref) => isKept(context, ref, action.name))) ?? notDone;
    case 'DELETE_SNAPSHOT':
      return (
        (await lookAt(context, action.vm, async (ref) => (await snapshotOf(context, ref, action.name)) === null)) ??
        notDone
      );
    case 'REVERT_TO_SNAPSHOT':
      return { outcome: 'UNKNOWN' };
    case 'CREATE_VIRTUAL_MACHINE':
      return lookForOwn(context, action.spec.start);
    case 'CLONE_VIRTUAL_MACHINE':
      return lookForOwn(context, action.start);
    case 'DELETE_VIRTUAL_MACHINE': {
      const finding = await lookAt(context, action.vm, async () => false);
      return finding ?? { outcome: 'DONE', result: { vm: action.vm } };
    }
    case 'RECONFIGURE_VIRTUAL_MACHINE':
      return (await lookAt(context, action.vm, (ref) => isChanged(context, ref, action.changes))) ?? notDone;
    case 'MIGRATE_VIRTUAL_MACHINE':
      return notDone;
  }
}

/** Looks at a domain once nothing is under way with it any more; null if it is gone. */
async function lookAt(
  context: ActContext,
  vm: string,
  isDone: (ref: DomainRef) => Promise<boolean>,
): Promise<Finding | null> {
  const { client, order } = context;
  try {
    const ref = await client.domainByUuid(vm, order.signal);
    await markDomain(client, ref, order);
    return (await isDone(ref)) ? { outcome: 'DONE', result: { vm } } : notDone;
  } catch (thrown) {
    if (isLibvirtError(thrown, ['noDomain'])) {
      return null;
    }
    throw thrown;
  }
}

/** A machine that was to be made is there as a whole or not at all; what was made of it before is taken away. */
async function lookForOwn(context: ActContext, start: boolean): Promise<Finding> {
  const isRunning = (ref: DomainRef): Promise<boolean> => isReached(context, ref, 'START');
  const finding = await lookAt(context, context.order.operationId, start ? isRunning : async () => true);
  if (finding === null) {
    await removeOwnDisks(context);
  }
  return finding ?? notDone;
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
