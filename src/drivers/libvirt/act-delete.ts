import type { Action } from '../../model/action.ts';
import type { ActionResult } from '../driver.ts';
import { comesTrue, refusable, type ActContext } from './act-context.ts';
import { changeTimeoutMs, undefineFlags } from './change-calls.ts';
import { ownDisks, targetOf, volumeOf } from './copy-disks.ts';
import { parseDomainXml } from './domain-xml.ts';
import { impossible, isLibvirtError } from './errors.ts';
import { markDomain, readMark } from './operation-mark.ts';
import { domainStates } from './procedures.ts';
import { describeVolume, isRemoved, livePools } from './volumes.ts';
import type { DomainRef, VolumeRef } from './wire-types.ts';
import { parseXml } from './xml.ts';
import { editXml, elements } from './xml-edit.ts';

// Taking a machine away. Its disks go first and its definition last, so that as long as there is something to be done, it
// is there, and who looks for it in vain knows that all is done. A disk that others need stays, and the machine with it.

/** A disk of the machine, and the volume that it is. */
interface OwnVolume {
  readonly target: string;
  readonly volume: VolumeRef;
  readonly path: string | null;
}

/** Takes it away. Throws as `Driver.apply`. */
export async function deleteVm(
  context: ActContext,
  { vm, force, keepDisks }: Extract<Action, { readonly kind: 'DELETE_VIRTUAL_MACHINE' }>,
): Promise<ActionResult> {
  const { client, order } = context;
  try {
    const ref = await client.domainByUuid(vm, order.signal);
    const { state } = await client.domainState(ref, order.signal);
    const isActive = state !== domainStates.shutOff;
    if (isActive && !force) {
      throw impossible(`${ref.name} runs; it has to be stopped first`);
    }
    const volumes = keepDisks ? [] : await volumesOf(context, ref);
    const isPersistent = await client.change.isPersistent(ref, order.signal);
    if (isActive) {
      await powerOff(context, ref);
    }
    // What is not persistent is gone when it is off, and cannot be marked.
    if (isPersistent) {
      await markDomain(client, ref, { ...order, mark: 'deletion' });
    }
    for (const { volume } of volumes) {
      await comesTrue(context, changeTimeoutMs, () => isRemoved(context, volume));
    }
    await undefine(context, ref);
  } catch (thrown) {
    if (!isLibvirtError(thrown, ['noDomain'])) {
      throw thrown;
    }
  }
  return { vm };
}

async function powerOff({ client, order }: ActContext, ref: DomainRef): Promise<void> {
  try {
    await client.change.destroy(ref, order.signal);
  } catch (thrown) {
    // It has stopped by itself.
    if (!isLibvirtError(thrown, ['operationInvalid'])) {
      throw thrown;
    }
  }
}

function undefine({ client, order }: ActContext, ref: DomainRef): Promise<void> {
  const { managedSave, snapshots, nvram, checkpoints } = undefineFlags;
  return refusable(() => client.change.undefine(ref, managedSave | snapshots | nvram | checkpoints, order.signal));
}

/** The volumes of the disks of its own. Those that a deletion which was begun has taken away already are not missed. */
async function volumesOf(context: ActContext, ref: DomainRef): Promise<readonly OwnVolume[]> {
  const { client, errors, order } = context;
  const xml = await client.change.definition(ref, order.signal);
  const wasBegun = readMark(parseXml(xml, 'domain', errors.malformed), 'deletion') === order.operationId;
  const found: OwnVolume[] = [];
  for (const disk of ownDisks(elements(editXml(xml), 'devices')[0]!)) {
    try {
      const volume = await volumeOf(context, disk);
      found.push({ target: targetOf(disk), volume, path: (await describeVolume(context, volume)).path });
    } catch (thrown) {
      if (!isLibvirtError(thrown, ['noStorageVolume'])) {
        throw thrown;
      }
      if (!wasBegun) {
        const problem = `the disk ${targetOf(disk)} of ${ref.name} is in no datastore, so that it can only be kept`;
        throw impossible(problem, thrown);
      }
    }
  }
  if (!wasBegun) {
    await refuseIfNeeded(context, ref, found);
  }
  return found;
}

/** Refuses to take away what another machine has as its disk, or another volume is based on. */
async function refuseIfNeeded(context: ActContext, ref: DomainRef, own: readonly OwnVolume[]): Promise<void> {
  const users = own.length === 0 ? new Map<string, string>() : await usersOf(context, ref);
  for (const { target, path, volume } of own) {
    const user = users.get(path ?? '') ?? users.get(`${volume.pool} ${volume.name}`);
    if (user !== undefined) {
      throw impossible(`the disk ${target} of ${ref.name} is needed by ${user}, so that it can only be kept`);
    }
  }
}

/** Who needs which path, or which volume of which pool, but for the machine itself. */
async function usersOf(context: ActContext, ref: DomainRef): Promise<ReadonlyMap<string, string>> {
  const { client, errors, order } = context;
  const users = new Map<string, string>();
  const others = (await client.listDomains(order.signal)).filter(({ uuid }) => uuid !== ref.uuid);
  const machines = others.map(async (other) => {
    const { name, disks } = parseDomainXml(await client.domainXml(other, order.signal), errors.malformed);
    disks.forEach(({ path, pool }) => users.set(pool === null ? (path ?? '') : `${pool} ${path}`, name));
  });
  const volumes = (await livePools(context)).map(async (pool) => {
    for (const volume of await client.storage.list(pool, order.signal)) {
      const { backing } = await describeVolume(context, volume);
      users.set(backing ?? '', volume.name);
    }
  });
  await Promise.all([...machines, ...volumes].map(unlessGone));
  users.delete('');
  return users;
}

/** What vanishes meanwhile needs nothing. */
async function unlessGone(asked: Promise<void>): Promise<void> {
  try {
    await asked;
  } catch (thrown) {
    if (!isLibvirtError(thrown, ['noDomain', 'noStorageVolume', 'noStoragePool'])) {
      throw thrown;
    }
  }
}
