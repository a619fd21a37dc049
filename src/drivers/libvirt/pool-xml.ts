import type { Datastore } from '../../model/datastore.ts';
import type { PoolInfo } from './client.ts';
import { livePoolStates } from './procedures.ts';
import { attribute, child, parseXml, text } from './xml.ts';

// The XML of a storage pool as a datastore of our model, with what it takes to tell which disks lie in it.

/** A datastore and where its disks are found. */
export interface Pool {
  readonly datastore: Datastore;
  /** The folder of its volumes on the host, without a slash at the end; null for a store without one. */
  readonly path: string | null;
}

/**
 * Reads the XML of a storage pool.
 * @param info Its present state; an inactive pool does not know its size.
 * @throws What `malformed` makes if it is not one.
 */
export function parsePoolXml(
  xml: string,
  info: PoolInfo,
  malformed: (problem: string, cause?: unknown) => Error,
): Pool {
  const pool = parseXml(xml, 'pool', malformed);
  const localId = text(child(pool, 'uuid'));
  const name = text(child(pool, 'name'));
  if (localId === null || name === null) {
    throw malformed('the XML of a storage pool gives it no name or no UUID');
  }
  const live = livePoolStates.has(info.state) && Number.isSafeInteger(info.capacity);
  return {
    datastore: {
      localId,
      name,
      kind: attribute(pool, 'type'),
      capacityBytes: live ? info.capacity : null,
      freeBytes: live ? Math.min(info.available, info.capacity) : null,
    },
    path: text(child(pool, 'target', 'path'))?.replace(/\/+$/, '') ?? null,
  };
}
