import type { z } from 'zod';

import { isObject } from '../../core/is-object.ts';
import type { Change, Inventory, ResourceKind, Resources } from '../../model/resource.ts';
import { protocolError } from './driver-errors.ts';
import { eventLineSchema, inventoryLineSchema, resourceSchemas } from './protocol.ts';

// Checks what the manager sends and makes resources of it. Small messages are checked entirely; of many machines at once
// only the shape of each is checked, because a full check of 50,000 would hold up the broker for a second.

/** How many changes in one batch are checked entirely. */
const fewChanges = 200;

/** Where in the manager's history something stands. */
export interface Place {
  readonly instance: string;
  readonly revision: number;
}

/** An inventory that grows row by row. */
export interface InventoryReader {
  /**
   * Takes the next line.
   * @throws SitewideError DRIVER_PROTOCOL.
   */
  take(line: unknown): void;
  /** Null as long as the end has not come. */
  result(): (Place & { readonly inventory: Inventory }) | null;
}

/** Reads the lines of one inventory. */
export function createInventoryReader(uri: string): InventoryReader {
  const inventory = { VirtualMachine: [], Host: [], Datastore: [], Network: [] } satisfies Inventory;
  let place: Place | null = null;
  let rows = 0;
  let complete = false;
  return {
    take(value) {
      if (complete) {
        throw protocolError(uri, `the line ${excerpt(value)} follows the end of the inventory`);
      }
      if (isVmRow(value)) {
        (inventory.VirtualMachine as Resources['VirtualMachine'][]).push(lightlyCheckedVm(uri, value.resource));
        rows += 1;
        return;
      }
      const line = checked(uri, inventoryLineSchema, value);
      if (place === null && line.type === 'inventory') {
        place = line;
      } else if (place !== null && line.type === 'row') {
        (inventory[line.kind] as unknown[]).push(checkedResource(uri, line.kind, line.resource));
        rows += 1;
      } else if (line.type === 'end' && line.rows === rows) {
        complete = true;
      } else {
        throw protocolError(uri, `the line ${excerpt(value)} is not in its place, after ${rows} rows`);
      }
    },
    result: () => (place !== null && complete ? { ...place, inventory } : null),
  };
}

/**
 * A line of the event stream.
 * @throws SitewideError DRIVER_PROTOCOL.
 */
export function readEvent(uri: string, value: unknown): ReadEvent {
  const line = checked(uri, eventLineSchema, value);
  if (line.type !== 'changes') {
    return line;
  }
  const light = line.changes.length > fewChanges;
  return { ...line, changes: line.changes.map((change) => checkedChange(uri, change, light)) };
}

/** A line of the event stream, checked. */
export type ReadEvent =
  | Exclude<z.infer<typeof eventLineSchema>, { type: 'changes' }>
  | { readonly type: 'changes'; readonly revision: number; readonly changes: readonly Change[] };

type WireChange = Extract<z.infer<typeof eventLineSchema>, { type: 'changes' }>['changes'][number];

function checkedChange(uri: string, change: WireChange, light: boolean): Change {
  if (change.type === 'remove') {
    return change;
  }
  const { kind, resource } = change;
  return {
    type: 'upsert',
    kind,
    resource:
      light && kind === 'VirtualMachine' ? lightlyCheckedVm(uri, resource) : checkedResource(uri, kind, resource),
    // The validator of a kind gives the resource of that kind, which the compiler cannot follow through the table.
  } as Change;
}

function checkedResource(uri: string, kind: ResourceKind, resource: unknown): Resources[ResourceKind] {
  return checked<z.ZodType<Resources[ResourceKind]>>(uri, resourceSchemas[kind], resource);
}

function checked<Schema extends z.ZodType>(uri: string, schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw protocolError(uri, `${excerpt(value)}${where}: ${issue?.message ?? 'it is not valid'}`);
}

function isVmRow(value: unknown): value is { resource: unknown } {
  const { type, kind } = (value ?? {}) as Record<string, unknown>;
  return type === 'row' && kind === 'VirtualMachine';
}

/** The shape on which everything else relies: what is iterated, compared or used as a key. */
function lightlyCheckedVm(uri: string, resource: unknown): Resources['VirtualMachine'] {
  const vm = (resource ?? {}) as Partial<Resources['VirtualMachine']>;
  const sound =
    typeof vm.localId === 'string' &&
    typeof vm.name === 'string' &&
    typeof vm.powerState === 'string' &&
    Array.isArray(vm.disks) &&
    Array.isArray(vm.networkInterfaces) &&
    Array.isArray(vm.ipAddresses) &&
    isObject(vm.labels) &&
    isObject(vm.annotations) &&
    (vm.host === null || (isObject(vm.host) && typeof vm.host.name === 'string'));
  if (!sound) {
    throw protocolError(uri, `${excerpt(resource)} is not a virtual machine`);
  }
  return resource as Resources['VirtualMachine'];
}

function excerpt(value: unknown): string {
  return JSON.stringify(value ?? null).slice(0, 80);
}
