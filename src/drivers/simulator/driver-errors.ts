import { messageOf, SitewideError } from '../../core/errors.ts';
import { NotJsonLinesError } from './json-lines.ts';

// Turns whatever goes wrong on the way to a simulated manager into an error of our table.

/** What this driver calls itself. */
export const driverKind = 'simulator';

/** The same error in our words; one of ours stays as it is. */
export function translated(uri: string, thrown: unknown): SitewideError {
  if (thrown instanceof SitewideError) {
    return thrown as SitewideError;
  }
  const parameters = { driver: driverKind, uri, problem: messageOf(thrown) };
  return new SitewideError(thrown instanceof NotJsonLinesError ? 'DRIVER_PROTOCOL' : 'DRIVER_UNREACHABLE', parameters, {
    cause: thrown,
  });
}

/** The manager said something that is not of its protocol. */
export function protocolError(uri: string, problem: string): SitewideError {
  return new SitewideError('DRIVER_PROTOCOL', { driver: driverKind, uri, problem });
}

/** The manager answered with an error. */
export function faultError(uri: string, problem: string): SitewideError {
  return new SitewideError('DRIVER_FAULT', { driver: driverKind, uri, problem });
}

/** The connection was lost without an error of its own. */
export function lostError(uri: string, problem: string): SitewideError {
  return new SitewideError('DRIVER_UNREACHABLE', { driver: driverKind, uri, problem });
}
