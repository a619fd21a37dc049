import { isDeepStrictEqual } from 'node:util';

import { messageOf } from '../../core/errors.ts';
import type { Action, VmChanges } from '../../model/action.ts';
import type { ActionResult } from '../driver.ts';
import { domainOf, refusable, type ActContext } from './act-context.ts';
import { affect, metadataTypes } from './change-calls.ts';
import { nativeText, notesElement, setNotes, setSizes } from './domain-edit.ts';
import { metadataNamespace } from './domain-metadata.ts';
import { parseDomainXml, type DomainDescription } from './domain-xml.ts';
import { impossible, isImpossible } from './errors.ts';
import { domainStates } from './procedures.ts';
import type { DomainRef } from './wire-types.ts';
import { editXml, printXml } from './xml-edit.ts';

// Changing what a machine is made of. One that is off is defined anew, with all changes at once. One that runs keeps its
// memory, and gets other CPUs only as far as it was started with places for them; one that is saved goes on as it was.

/** Changes it. Throws as `Driver.apply`. */
export async function reconfigure(
  context: ActContext,
  { vm, changes }: Extract<Action, { readonly kind: 'RECONFIGURE_VIRTUAL_MACHINE' }>,
): Promise<ActionResult> {
  const ref = await domainOf(context, vm);
  const present = await describe(context, ref);
  if (!shows(present, changes)) {
    const { client, order } = context;
    const { state } = await client.domainState(ref, order.signal);
    const isActive = state !== domainStates.shutOff;
    if (isActive || (await client.hasManagedSave(ref, order.signal))) {
      await changeLive(context, ref, { present, changes, isActive });
    } else {
      await redefine(context, ref, { present, changes });
    }
  }
  return { vm };
}

/** True if the machine is as it is to be. */
export async function isChanged(context: ActContext, ref: DomainRef, changes: VmChanges): Promise<boolean> {
  return shows(await describe(context, ref), changes);
}

async function describe({ client, errors, order }: ActContext, ref: DomainRef): Promise<DomainDescription> {
  return parseDomainXml(await client.domainXml(ref, order.signal), errors.malformed);
}

function shows(present: DomainDescription, changes: VmChanges): boolean {
  return Object.entries(changes).every(([key, value]) => isDeepStrictEqual(present[key as keyof VmChanges], value));
}

interface Wanted {
  readonly present: DomainDescription;
  readonly changes: VmChanges;
}

async function redefine(context: ActContext, ref: DomainRef, { present, changes }: Wanted): Promise<void> {
  const { client, order } = context;
  const before = await client.change.definition(ref, order.signal);
  const domain = editXml(before);
  const { cpuCount, memoryMiB } = changes;
  setSizes(domain, {
    ...(cpuCount === undefined || cpuCount === present.cpuCount ? {} : { cpuCount }),
    ...(memoryMiB === undefined || memoryMiB === present.memoryMiB ? {} : { memoryMiB }),
  });
  if (changes.labels !== undefined || changes.annotations !== undefined) {
    setNotes(domain, { labels: present.labels, annotations: present.annotations, ...changes });
  }
  await refusable(() => client.change.define(printXml(domain), order.signal));
  if (!(await isChanged(context, ref, changes))) {
    await client.change.define(before, order.signal);
    throw impossible(`${ref.name} cannot be so: its definition says elsewhere what it has, for example in NUMA cells`);
  }
}

/** The CPUs come first: they may be refused, and then nothing is changed. */
async function changeLive(
  { client, order }: ActContext,
  ref: DomainRef,
  { present, changes, isActive }: Wanted & { readonly isActive: boolean },
): Promise<void> {
  const { signal } = order;
  const { cpuCount = present.cpuCount, memoryMiB = present.memoryMiB } = changes;
  if (memoryMiB !== present.memoryMiB || (!isActive && cpuCount !== present.cpuCount)) {
    throw impossible(`${ref.name} is not STOPPED; it has to be for this to be changed`);
  }
  const isPersistent = await client.change.isPersistent(ref, signal);
  const flags = (isActive ? affect.live : 0) | (isPersistent ? affect.config : 0);
  if (cpuCount !== null && cpuCount !== present.cpuCount) {
    await setCpus(client, ref, { count: cpuCount, flags, signal });
  }
  await setLiveNotes(client, ref, { present, changes, flags, signal });
}

async function setCpus(
  { change }: ActContext['client'],
  ref: DomainRef,
  { count, flags, signal }: { readonly count: number; readonly flags: number; readonly signal: AbortSignal },
): Promise<void> {
  try {
    await refusable(() => change.setVcpus(ref, { count, flags }, signal));
  } catch (thrown) {
    if (!isImpossible(thrown)) {
      throw thrown;
    }
    throw impossible(`${ref.name} has to be stopped first: ${messageOf(thrown)}`, thrown);
  }
}

async function setLiveNotes(
  { change }: ActContext['client'],
  ref: DomainRef,
  { present, changes, flags, signal }: Wanted & { readonly flags: number; readonly signal: AbortSignal },
): Promise<void> {
  if (changes.labels === undefined && changes.annotations === undefined) {
    return;
  }
  const notes = { labels: present.labels, annotations: present.annotations, ...changes };
  const own = { type: metadataTypes.element, value: printXml(notesElement(notes, null)) };
  await change.setMetadata(ref, { ...own, key: 'sitewide', uri: metadataNamespace, flags }, signal);
  for (const name of ['title', 'description'] as const) {
    const value = nativeText(name, notes.annotations);
    await change.setMetadata(ref, { type: metadataTypes[name], value, key: null, uri: null, flags }, signal);
  }
}
