import type { Config } from '../config/config.ts';
import { createInventory, type InventoryFeed, type InventoryOptions } from '../inventory/inventory.ts';
import { createSharedInventory } from '../inventory/shared-inventory.ts';
import type { Operation } from '../model/operation.ts';
import { type AuditTrail, createAuditTrail } from '../operations/audit-trail.ts';
import { createOperations, type RunningOperations } from '../operations/create-operations.ts';
import { createDatabase } from '../store/database.ts';

// What a broker knows and does of its installation: together with the installation's other brokers through their database,
// or, without one, an inventory of its own and no operations.

interface InstallationSetup extends InventoryOptions {
  /** The configured id of the broker. */
  readonly broker: string;
  readonly newId: () => string;
  readonly limits: Config['operations'];
  /** How long the audit trail is kept, in milliseconds. */
  readonly auditKeepMs: number;
  /** How many changes the feed keeps at least. */
  readonly keepChanges: number;
  readonly onError: (error: unknown) => void;
  readonly onOperationError: (error: unknown) => void;
  /** Told of each operation that ended at this broker. */
  readonly onEnded: (operation: Operation) => void;
}

/** The installation as a broker has it. */
export interface OwnInstallation extends AsyncDisposable {
  readonly inventory: InventoryFeed;
  /** Null without a database. */
  readonly operations: RunningOperations | null;
  /** Null without a database. */
  readonly auditTrail: AuditTrail | null;
}

/** Opens it. A database that is away does not keep it from starting. */
export function openInstallation(database: Config['database'], options: InstallationSetup): OwnInstallation {
  if (database === null) {
    const inventory = createInventory(options);
    return {
      inventory,
      operations: null,
      auditTrail: null,
      [Symbol.asyncDispose]: () => inventory[Symbol.asyncDispose](),
    };
  }
  const { broker, newId, clock } = options;
  const started = new AsyncDisposableStack();
  const connections = started.use(createDatabase({ url: database.url, clock }));
  // A broker that is started again is another one than the one that ended.
  const shared = { ...options, database: connections, owner: `${broker} ${newId()}` };
  const inventory = started.use(createSharedInventory(shared));
  const operations = started.use(createOperations({ ...shared, inventory, onError: options.onOperationError }));
  const auditTrail = createAuditTrail(connections, options.installation);
  return { inventory, operations, auditTrail, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
