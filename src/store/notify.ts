import { once } from 'node:events';

import pg from 'pg';

import { clientOptions } from './database.ts';
import { asStoreError } from './store-error.ts';

// Being told at once that there is something new in the database. A notification only wakes: what is new is read from the
// tables, so that a lost one costs a moment and nothing else.

/** The channel of everything about the feed and its watch. */
export const feedChannel = 'sitewide_feed';

/**
 * Listens on a connection of its own until that is lost or the signal aborts.
 * @param onNotice Called once it listens, and with every notification.
 * @throws SitewideError `STORE_UNAVAILABLE` when the connection is lost, or the signal's reason.
 */
export async function listen(url: string, onNotice: () => void, signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  const client = new pg.Client(clientOptions(url));
  // One loss may be several errors, at once or while it closes, of which only the first is waited for.
  client.on('error', () => undefined);
  const lost = once(client, 'error', { signal }).then(([error]) => Promise.reject(error as Error));
  lost.catch(() => undefined);
  const ended = once(client, 'end', { signal }).then(() => Promise.reject(new Error('the connection ended')));
  ended.catch(() => undefined);
  try {
    client.on('notification', onNotice);
    await Promise.race([client.connect(), lost, ended]);
    await Promise.race([client.query(`listen ${feedChannel}`), lost, ended]);
    onNotice();
    return await Promise.race([lost, ended]);
  } catch (thrown) {
    signal.throwIfAborted();
    throw asStoreError(thrown);
  } finally {
    client.end().catch(() => undefined);
  }
}
