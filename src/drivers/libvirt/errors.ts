import { SitewideError, messageOf } from '../../core/errors.ts';

// How what goes wrong with libvirt becomes an error of our table. The daemon's own error stays as the cause.

const driver = 'libvirt';

/** Codes of libvirt's virErrorNumber that make a difference to us. */
export const libvirtCodes = {
  noSupport: 3,
  invalidArgument: 8,
  operationFailed: 9,
  xmlError: 27,
  domainExists: 28,
  operationDenied: 29,
  xmlDetail: 35,
  noDomain: 42,
  noNetwork: 43,
  noStoragePool: 49,
  noStorageVolume: 50,
  operationInvalid: 55,
  configUnsupported: 67,
  noDomainSnapshot: 72,
  argumentUnsupported: 74,
  snapshotRevertRisky: 77,
  operationUnsupported: 84,
  accessDenied: 88,
  storageVolumeExists: 90,
  cpuIncompatible: 91,
} as const;

/**
 * Refusals that say "not this, not now": the daemon has done nothing, and asking again would not help. All other errors of
 * a daemon, such as a lock that it did not get in time or an emulator that did not start, may pass.
 */
const impossibleCodes = [
  'noSupport',
  'invalidArgument',
  'operationFailed',
  'xmlError',
  'domainExists',
  'operationDenied',
  'xmlDetail',
  'noDomain',
  'noNetwork',
  'noStoragePool',
  'noStorageVolume',
  'operationInvalid',
  'configUnsupported',
  'noDomainSnapshot',
  'argumentUnsupported',
  'snapshotRevertRisky',
  'operationUnsupported',
  'accessDenied',
  'storageVolumeExists',
  'cpuIncompatible',
] as const satisfies (keyof typeof libvirtCodes)[];

/** An error that the daemon answered with. */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError';
  /** One of libvirt's virErrorNumber. */
  readonly libvirtCode: number;

  constructor(libvirtCode: number, message: string) {
    super(message);
    this.libvirtCode = libvirtCode;
  }
}

/** Makes the errors of one connection: all of them name its URI. */
export interface ErrorMaker {
  readonly unreachable: (problem: string, cause?: unknown) => SitewideError;
  readonly malformed: (problem: string, cause?: unknown) => SitewideError;
  readonly fault: (cause: LibvirtError) => SitewideError;
}

/** The errors of connections to this URI. */
export function createErrorMaker(uri: string): ErrorMaker {
  return {
    unreachable: (problem, cause) => new SitewideError('DRIVER_UNREACHABLE', { driver, uri, problem }, { cause }),
    malformed: (problem, cause) => new SitewideError('DRIVER_PROTOCOL', { driver, uri, problem }, { cause }),
    fault: (cause) => new SitewideError('DRIVER_FAULT', { driver, uri, problem: messageOf(cause) }, { cause }),
  };
}

/** True if the daemon itself answered with an error of one of these kinds, also if that became a refusal of ours. */
export function isLibvirtError(thrown: unknown, kinds: readonly (keyof typeof libvirtCodes)[]): boolean {
  const cause = thrown instanceof SitewideError ? thrown.cause : null;
  return cause instanceof LibvirtError && kinds.some((kind) => libvirtCodes[kind] === cause.libvirtCode);
}

/** True if the daemon understood the call and refused it: the connection is good, this one thing cannot be had. */
export function isRefusal(thrown: unknown): boolean {
  return thrown instanceof SitewideError && thrown.cause instanceof LibvirtError;
}

/** What an action is refused with, in our words. */
export function impossible(problem: string, cause?: unknown): SitewideError {
  return new SitewideError('ACTION_IMPOSSIBLE', { problem: problem.replace(/\.$/, '') }, { cause });
}

/** What was thrown, or if it is a refusal of the daemon that stays one, ACTION_IMPOSSIBLE in the daemon's own words. */
export function asImpossible(thrown: unknown): unknown {
  return thrown instanceof SitewideError && isLibvirtError(thrown, impossibleCodes)
    ? impossible(messageOf(thrown.cause), thrown.cause)
    : thrown;
}

/** True for what the two above make. */
export function isImpossible(thrown: unknown): boolean {
  return thrown instanceof SitewideError && thrown.code === 'ACTION_IMPOSSIBLE';
}
