import type { Action } from '../../model/action.ts';
import type { ActionResult } from '../driver.ts';
import { domainOf, refusable, type ActContext } from './act-context.ts';
import { setPowerState } from './act-power.ts';
import { undefineFlags } from './change-calls.ts';
import { copyDisks, ownDisks } from './copy-disks.ts';
import { setIdentity } from './domain-edit.ts';
import { impossible, isImpossible, isLibvirtError } from './errors.ts';
import { attachTo, diskElement, newDomain, setSpec } from './new-domain.ts';
import { askPowerState } from './power-state.ts';
import { makeDisk, poolOf, removeOwnDisks } from './volumes.ts';
import type { DomainRef } from './wire-types.ts';
import { editXml, elements, printXml } from './xml-edit.ts';
import type { EditNode } from './xml-edit.ts';

// Machines that an operation makes. Such a machine has the id of its operation, so that it can be made but once, by whom
// ever; and it is defined when its disks are there, so that it is there as a whole or not at all.

type Of<Kind extends Action['kind']> = Extract<Action, { readonly kind: Kind }>;

/** What is to be made. */
interface Plan {
  readonly name: string;
  readonly start: boolean;
  /** Makes the disks, and gives the definition of the machine but for its identity. */
  readonly draw: () => Promise<EditNode>;
}

/** Makes a machine. Throws as `Driver.apply`. There is but one host, so that `host` says nothing. */
export function createVm(context: ActContext, { spec, template }: Of<'CREATE_VIRTUAL_MACHINE'>): Promise<ActionResult> {
  const { name, start, diskBytes, datastore, network } = spec;
  const draw = async (): Promise<EditNode> => {
    const domain = template === null ? await newDomain(context) : await definitionOf(context, template);
    const devices = elements(domain, 'devices')[0]!;
    setSpec(domain, spec);
    if (network !== null) {
      await attachTo(context, devices, network);
    }
    if (ownDisks(devices).length > 0) {
      await copyDisks(context, devices, { machine: name, diskBytes, datastore });
    } else if (diskBytes !== null) {
      const disk = { machine: name, target: 'vda', format: 'qcow2', capacityBytes: diskBytes, source: null };
      devices.children.push(diskElement('vda', await makeDisk(context, await poolOf(context, datastore), disk)));
    }
    return domain;
  };
  return make(context, { name, start, draw });
}

/** Copies a machine. Throws as `Driver.apply`. */
export function cloneVm(context: ActContext, { vm, name, start }: Of<'CLONE_VIRTUAL_MACHINE'>): Promise<ActionResult> {
  const draw = async (): Promise<EditNode> => {
    const domain = await definitionOf(context, vm);
    await copyDisks(context, elements(domain, 'devices')[0]!, { machine: name, diskBytes: null, datastore: null });
    return domain;
  };
  return make(context, { name, start, draw });
}

/** The machine that this operation has made; null if there is none. */
async function ownDomain({ client, order }: ActContext): Promise<DomainRef | null> {
  return nullIfNone(client.domainByUuid(order.operationId, order.signal));
}

async function make(context: ActContext, plan: Plan): Promise<ActionResult> {
  const vm = context.order.operationId;
  if ((await ownDomain(context)) === null) {
    await define(context, plan);
  }
  if (plan.start) {
    await startMade(context, vm);
  }
  return { vm };
}

async function define(context: ActContext, { name, draw }: Plan): Promise<void> {
  const { client, order } = context;
  if ((await nullIfNone(client.domainByName(name, order.signal))) !== null) {
    throw impossible(`there is a machine "${name}" already`);
  }
  await removeOwnDisks(context);
  try {
    const domain = await draw();
    setIdentity(domain, { name, uuid: order.operationId });
    order.onProgress?.(95, 'Defining the machine.');
    await refusable(() => client.change.define(printXml(domain), order.signal));
  } catch (thrown) {
    if (isImpossible(thrown)) {
      await removeOwnDisks(context);
    }
    throw thrown;
  }
}

/** A machine that cannot be started as it was wanted is not left behind. */
async function startMade(context: ActContext, vm: string): Promise<void> {
  try {
    await setPowerState(context, { kind: 'SET_POWER_STATE', vm, action: 'START' });
  } catch (thrown) {
    if (isImpossible(thrown)) {
      const { client, order } = context;
      const ref = await domainOf(context, vm);
      await client.change.undefine(ref, undefineFlags.nvram, order.signal);
      await removeOwnDisks(context);
    }
    throw thrown;
  }
}

/** What another machine is made of, whose disks must be at rest. */
async function definitionOf(context: ActContext, vm: string): Promise<EditNode> {
  const { client, order } = context;
  const ref = await domainOf(context, vm);
  const powerState = await askPowerState(client, ref, order.signal);
  if (powerState !== 'STOPPED' && powerState !== 'CRASHED') {
    throw impossible(`${ref.name} is ${powerState}; its disks can be copied only while it is STOPPED`);
  }
  return editXml(await client.change.definition(ref, order.signal));
}

async function nullIfNone(asked: Promise<DomainRef>): Promise<DomainRef | null> {
  try {
    return await asked;
  } catch (thrown) {
    if (isLibvirtError(thrown, ['noDomain'])) {
      return null;
    }
    throw thrown;
  }
}
