import { SitewideError } from '../core/errors.ts';
import { decodeId, type GlobalId } from '../core/ids.ts';
import { everyInstallation } from '../model/operation-list.ts';
import type { Source } from './coverage.ts';

// Reads a global id that a caller gives. Only ids of this installation are answered; others are refused by name.

/**
 * What the id says. That of a bulk over every installation is one of this installation too: its part is meant.
 * @param types The types that it may be of.
 * @throws SitewideError `INVALID_ID` or `UNKNOWN_INSTALLATION`.
 */
export function readId(source: Source, id: string, types: readonly string[]): GlobalId {
  const wanted = decodeId(id);
  if (!types.includes(wanted.type)) {
    throw new SitewideError('INVALID_ID', { id, problem: `it names a ${wanted.type}, not a ${types.join(' or ')}` });
  }
  const { installation } = wanted;
  if (installation !== source.installation.id && !isOfEvery(wanted)) {
    throw new SitewideError('UNKNOWN_INSTALLATION', { id, installation, where: 'this broker' });
  }
  return wanted;
}

/** True for the id of an operation of which every installation may have a part. */
export function isOfEvery({ type, installation }: GlobalId): boolean {
  return type === 'Operation' && installation === everyInstallation;
}
