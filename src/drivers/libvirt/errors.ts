import { SitewideError, messageOf } from '../../core/errors.ts';

// How what goes wrong with libvirt becomes an error of our table. The daemon's own error stays as the cause.

const driver = 'libvirt';

/** Codes of libvirt's virErrorNumber that make a difference to us. */
export const libvirtCodes = {
  noSupport: 3,
  invalidArgument: 8,
  noDomain: 42,
  noNetwork: 43,
  noStoragePool: 49,
  argumentUnsupported: 74,
  operationUnsupported: 84,
} as const;

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

/** True if the daemon itself answered with an error of one of these kinds. */
export function isLibvirtError(thrown: unknown, kinds: readonly (keyof typeof libvirtCodes)[]): boolean {
  const cause = thrown instanceof SitewideError ? thrown.cause : null;
  return cause instanceof LibvirtError && kinds.some((kind) => libvirtCodes[kind] === cause.libvirtCode);
}

/** True if the daemon understood the call and refused it: the connection is good, this one thing cannot be had. */
export function isRefusal(thrown: unknown): boolean {
  return thrown instanceof SitewideError && thrown.cause instanceof LibvirtError;
}
