import { SitewideError } from './errors.ts';

// Global ids: opaque to clients, routable for us. The text is base64url of "1|type|installation|localId", so that any
// broker finds the owner of an id without asking anybody.

const version = '1';

/** What a global id says. */
export interface GlobalId {
  /** The GraphQL type, for example `VirtualMachine`. */
  readonly type: string;
  /** The configured id of the installation that owns the resource. */
  readonly installation: string;
  /** The id that the hypervisor manager gives the resource; any text. */
  readonly localId: string;
}

/** The text of a global id. */
export function encodeId({ type, installation, localId }: GlobalId): string {
  return Buffer.from(`${version}|${type}|${installation}|${localId}`, 'utf8').toString('base64url');
}

/**
 * What a global id says.
 * @throws SitewideError `INVALID_ID` if the text is not one that `encodeId` writes.
 */
export function decodeId(id: string): GlobalId {
  const text = Buffer.from(id, 'base64url').toString('utf8');
  const [found, type, installation, ...rest] = text.split('|');
  const localId = rest.join('|');
  if (!type || !installation || localId === '') {
    throw new SitewideError('INVALID_ID', { id, problem: 'it does not name a type, an installation and a resource' });
  }
  if (found !== version) {
    throw new SitewideError('INVALID_ID', { id, problem: `its version is "${found}", this broker reads "${version}"` });
  }
  if (encodeId({ type, installation, localId }) !== id) {
    throw new SitewideError('INVALID_ID', { id, problem: 'it was altered' });
  }
  return { type, installation, localId };
}
