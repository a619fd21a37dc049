import type { Action } from '../../model/action.ts';
import type { ActionResult } from '../driver.ts';
import { domainOf, refusable, type ActContext } from './act-context.ts';
import { impossible, isLibvirtError } from './errors.ts';
import { markDomain } from './operation-mark.ts';
import { revertForce } from './snapshot-calls.ts';
import { parseSnapshotXml, snapshotXml } from './snapshot-xml.ts';
import type { DomainRef, SnapshotRef } from './wire-types.ts';

// Keeping the state of a machine, going back to it, and dropping it. The daemon tells nobody of a snapshot, so the machine is
// marked afterwards, of which it does tell.

type Of<Kind extends Action['kind']> = Extract<Action, { readonly kind: Kind }>;

/** Keeps the state. Throws as `Driver.apply`. */
export async function createSnapshot(
  context: ActContext,
  { vm, name, description }: Of<'CREATE_SNAPSHOT'>,
): Promise<ActionResult> {
  const { client, order } = context;
  const ref = await domainOf(context, vm);
  if (!(await hasOwnSnapshot(context, ref, name))) {
    const xml = snapshotXml({ name, description, operation: order.operationId });
    await refusable(() => client.snapshots.create(ref, xml, order.signal));
  }
  await markDomain(client, ref, order);
  return { vm };
}

/** Goes back. Throws as `Driver.apply`. */
export async function revertToSnapshot(
  context: ActContext,
  { vm, name }: Of<'REVERT_TO_SNAPSHOT'>,
): Promise<ActionResult> {
  const { client, order } = context;
  const ref = await domainOf(context, vm);
  const snapshot = await refusable(() => client.snapshots.byName(ref, name, order.signal));
  await refusable(() => revert(context, snapshot));
  await markDomain(client, ref, order);
  return { vm };
}

/** Drops it. Throws as `Driver.apply`. */
export async function deleteSnapshot(context: ActContext, { vm, name }: Of<'DELETE_SNAPSHOT'>): Promise<ActionResult> {
  const { client, order } = context;
  const ref = await domainOf(context, vm);
  const snapshot = await snapshotOf(context, ref, name);
  if (snapshot !== null) {
    await refusable(() => client.snapshots.delete(snapshot, order.signal));
  }
  await markDomain(client, ref, order);
  return { vm };
}

/**
 * True if this very operation has made the snapshot.
 * @throws SitewideError ACTION_IMPOSSIBLE if something else has.
 */
export async function hasOwnSnapshot(context: ActContext, ref: DomainRef, name: string): Promise<boolean> {
  const { client, errors, order } = context;
  const snapshot = await snapshotOf(context, ref, name);
  if (snapshot === null) {
    return false;
  }
  const { operation } = parseSnapshotXml(await client.snapshots.xml(snapshot, order.signal), errors.malformed);
  if (operation !== order.operationId) {
    throw impossible(`${ref.name} has a snapshot "${name}" already`);
  }
  return true;
}

/** The snapshot of that name; null if there is none. */
export async function snapshotOf(
  { client, order }: ActContext,
  ref: DomainRef,
  name: string,
): Promise<SnapshotRef | null> {
  try {
    return await client.snapshots.byName(ref, name, order.signal);
  } catch (thrown) {
    if (isLibvirtError(thrown, ['noDomainSnapshot'])) {
      return null;
    }
    throw thrown;
  }
}

/** What the daemon calls risky loses the present state, which is what was asked for. */
async function revert({ client, order }: ActContext, snapshot: SnapshotRef): Promise<void> {
  try {
    await client.snapshots.revertTo(snapshot, 0, order.signal);
  } catch (thrown) {
    if (!isLibvirtError(thrown, ['snapshotRevertRisky'])) {
      throw thrown;
    }
    await client.snapshots.revertTo(snapshot, revertForce, order.signal);
  }
}
