import { FindHostsDocument, FindInstallationsDocument, FindVmsDocument } from '../../../schema/generated/client.ts';
import { decodeId } from '../../core/ids.ts';
import { ask, type Asker, CommandFailure, dataOf, notFound } from '../ask.ts';
import { exitCodes } from '../exit-code.ts';
import { visibleText } from '../output/text.ts';

// From what people call a thing to its global id. A name that several things have is refused with all of them named.

/** The global ids of machines, given by name or id, in the order given. */
export async function vmIds(asker: Asker, given: readonly string[]): Promise<readonly string[]> {
  return Promise.all(given.map((text) => vmId(asker, text)));
}

/**
 * The global id of a machine.
 * @throws CommandFailure if there is none, or more than one.
 */
export async function vmId(asker: Asker, given: string): Promise<string> {
  if (isId(given, 'VirtualMachine')) {
    return given;
  }
  const answer = await ask(asker, FindVmsDocument, { filter: { name: { eq: given } } });
  const found = dataOf(answer).virtualMachines?.nodes ?? [];
  return only(
    `virtual machine "${given}"`,
    found.flatMap((vm) => (vm === null ? [] : { id: vm.id, place: `${vm.powerState} in ${vm.installation?.localId}` })),
  );
}

/** The global id of a host; a name must be unique within the installation of `near`. Throws the same. */
export async function hostId(asker: Asker, given: string, near: string): Promise<string> {
  if (isId(given, 'Host')) {
    return given;
  }
  const { installation } = decodeId(near);
  const filter = { name: { eq: given }, installation: { eq: installation } };
  const found = dataOf(await ask(asker, FindHostsDocument, { filter })).hosts?.nodes ?? [];
  return only(
    `host "${given}" in ${installation}`,
    found.flatMap((host) => (host === null ? [] : { id: host.id, place: installation })),
  );
}

/** The global id of an installation. Throws the same. */
export async function installationId(asker: Asker, given: string): Promise<string> {
  if (isId(given, 'Installation')) {
    return given;
  }
  const found = dataOf(await ask(asker, FindInstallationsDocument, {})).site?.installations ?? [];
  const known = found.find(({ localId }) => localId === given);
  if (known === undefined) {
    throw notFound(`installation "${given}"; there are ${found.map(({ localId }) => localId).join(', ')}`);
  }
  return known.id;
}

interface Candidate {
  readonly id: string;
  /** What tells it from the others. */
  readonly place: string;
}

function only(what: string, candidates: readonly Candidate[]): string {
  const [first, ...others] = candidates;
  if (first === undefined) {
    throw notFound(what);
  }
  if (others.length > 0) {
    const list = candidates.map(({ id, place }) => `  ${id}  ${place}`).join('\n');
    const problem = `there are ${candidates.length} of ${what}; give the id of one of them:\n${list}`;
    throw new CommandFailure(problem.split('\n').map(visibleText).join('\n'), exitCodes.usage);
  }
  return first.id;
}

function isId(text: string, type: string): boolean {
  try {
    return decodeId(text).type === type;
  } catch {
    return false;
  }
}
