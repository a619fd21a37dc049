import { systemClock } from '../../src/core/clock.ts';
import type { InventoryState } from '../../src/inventory/state.ts';
import { powerActions, type ActionKind } from '../../src/model/action.ts';
import { permissionOf } from '../../src/model/action-permission.ts';
import { acceptBulk } from '../../src/operations/accept-bulk.ts';
import { acceptChange } from '../../src/operations/accept.ts';
import type { AcceptOptions } from '../../src/operations/asked-before.ts';
import type { Operations } from '../../src/operations/operations.ts';
import type { Database } from '../../src/store/database.ts';
import { createRecordingOperations } from './operation.ts';

/**
 * Operations that say what would be done with what there is, and do nothing: there is a database that knows of none. What is
 * not only tried fails.
 */
export function createTriedOperations(current: () => InventoryState): Operations {
  const nothing = { feed: 'feed', revision: 0, hasEarlier: false, content: null, inputHash: null };
  const options: AcceptOptions = {
    database: { run: () => Promise.resolve({ rows: [nothing] }) } as unknown as Database,
    writer: { accept: onlyTried, change: onlyTried },
    inventory: { current, log: null },
    capabilities: { actions: Object.keys(permissionOf) as ActionKind[], powerActions },
    clock: systemClock,
    newId: () => 'new',
  };
  return {
    ...createRecordingOperations(),
    accept: (request, signal) => acceptChange(options, request, signal),
    acceptBulk: (request, signal) => acceptBulk(options, request, signal),
  };
}

function onlyTried(): never {
  throw new Error('It was not only tried.');
}
