import type { PowerState } from '../../model/vm.ts';
import type { DomainState, LibvirtClient } from './client.ts';
import { domainStates, shutOffCrashed } from './procedures.ts';
import type { DomainRef } from './wire-types.ts';

// What libvirt's states of a domain mean in our words.

/** Asks for the power state of a domain. */
export async function askPowerState(
  client: Pick<LibvirtClient, 'domainState' | 'hasManagedSave'>,
  ref: DomainRef,
  signal: AbortSignal,
): Promise<PowerState> {
  return settledState(client, { ref, found: await client.domainState(ref, signal) }, signal);
}

/** The power state of a domain in this state: one that is off may have been saved. */
export async function settledState(
  client: Pick<LibvirtClient, 'hasManagedSave'>,
  { ref, found }: { readonly ref: DomainRef; readonly found: DomainState },
  signal: AbortSignal,
): Promise<PowerState> {
  const saved = found.state === domainStates.shutOff && (await client.hasManagedSave(ref, signal));
  return powerStateOf(found, saved);
}

/**
 * The power state of a domain.
 * @param hasManagedSave Whether its memory waits on disk; only asked of a domain that is shut off.
 */
export function powerStateOf({ state, reason }: DomainState, hasManagedSave: boolean): PowerState {
  switch (state) {
    case domainStates.running:
    case domainStates.blocked:
    // The guest was told to shut down and has not yet done so.
    case domainStates.shuttingDown:
      return 'RUNNING';
    case domainStates.paused:
      return 'PAUSED';
    case domainStates.shutOff:
      return hasManagedSave ? 'SUSPENDED' : reason === shutOffCrashed ? 'CRASHED' : 'STOPPED';
    case domainStates.crashed:
      return 'CRASHED';
    case domainStates.pmSuspended:
      return 'SUSPENDED';
    default:
      return 'UNKNOWN';
  }
}
