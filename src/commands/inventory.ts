import type { Config } from '../config/config.ts';
import { createInventory, type InventoryFeed, type InventoryOptions } from '../inventory/inventory.ts';
import { createSharedInventory } from '../inventory/shared-inventory.ts';
import { createDatabase } from '../store/database.ts';

// Which inventory a configuration means: one that the brokers of the installation share, or this broker's own.

interface InventorySetup extends InventoryOptions {
  /** The configured id of the broker. */
  readonly broker: string;
  readonly newId: () => string;
}

/** Starts it. A database that is away does not keep it from starting. */
export function openInventory(database: Config['database'], options: InventorySetup): InventoryFeed {
  if (database === null) {
    return createInventory(options);
  }
  const { broker, newId, clock } = options;
  const connections = createDatabase({ url: database.url, clock });
  // A broker that is started again is another watcher than the one that ended.
  const inventory = createSharedInventory({ ...options, database: connections, owner: `${broker} ${newId()}` });
  return {
    log: inventory.log,
    current: inventory.current,
    changed: inventory.changed,
    async [Symbol.asyncDispose]() {
      await inventory[Symbol.asyncDispose]();
      await connections[Symbol.asyncDispose]();
    },
  };
}
