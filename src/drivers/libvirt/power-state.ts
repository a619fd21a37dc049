import type { PowerState } from '../../model/vm.ts';
import type { DomainState } from './client.ts';
import { domainStates, shutOffCrashed } from './procedures.ts';

// What libvirt's states of a domain mean in our words.

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
