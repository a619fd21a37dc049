import { z } from 'zod';

import type { Datastore } from '../../model/datastore.ts';
import type { Host } from '../../model/host.ts';
import type { Network } from '../../model/network.ts';
import type { Change, ResourceKind } from '../../model/resource.ts';
import type { PowerState, Vm } from '../../model/vm.ts';

// What goes over the wire between the simulated manager and its callers, as validators and the types they give. Inventory
// and events are streams of JSON lines; everything else is one JSON document. Resources travel as the model has them.

/** Raised with every change that an older reader would misunderstand. */
export const protocolVersion = 1;
/** The media type of the two streams. */
export const linesMediaType = 'application/x-ndjson';

const powerStates = ['RUNNING', 'STOPPED', 'PAUSED', 'SUSPENDED', 'CRASHED', 'UNKNOWN'] as const satisfies PowerState[];
const text = z.record(z.string(), z.string());
const count = z.int().min(0);
const time = z.int();
const share = z.number().min(0).max(1);

const vmSchema = z.object({
  localId: z.string().min(1),
  name: z.string(),
  powerState: z.enum(powerStates),
  cpuCount: count.nullable(),
  memoryMiB: count.nullable(),
  guestOs: z.string().nullable(),
  host: z.object({ localId: z.string(), name: z.string() }).nullable(),
  disks: z.array(
    z.object({
      name: z.string().nullable(),
      capacityBytes: count.nullable(),
      allocatedBytes: count.nullable(),
      datastore: z.string().nullable(),
      path: z.string().nullable(),
    }),
  ),
  networkInterfaces: z.array(
    z.object({
      name: z.string().nullable(),
      macAddress: z.string().nullable(),
      network: z.string().nullable(),
      ipAddresses: z.array(z.string()),
    }),
  ),
  ipAddresses: z.array(z.string()),
  labels: text,
  annotations: text,
  snapshots: z
    .array(
      z.object({
        name: z.string(),
        description: z.string().nullable(),
        createdAt: time.nullable(),
        parent: z.string().nullable(),
        isCurrent: z.boolean(),
        powerState: z.enum(powerStates),
      }),
    )
    .nullable(),
  createdAt: time.nullable(),
  bootedAt: time.nullable(),
  cpuUsage: share.nullable(),
  memoryUsageMiB: count.nullable(),
}) satisfies z.ZodType<Vm>;

const hostSchema = z.object({
  localId: z.string().min(1),
  name: z.string(),
  state: z.enum(['UP', 'MAINTENANCE', 'DOWN', 'UNKNOWN']),
  cpuCount: count.nullable(),
  cpuModel: z.string().nullable(),
  memoryMiB: count.nullable(),
  hypervisor: z.string().nullable(),
}) satisfies z.ZodType<Host>;

const datastoreSchema = z.object({
  localId: z.string().min(1),
  name: z.string(),
  kind: z.string().nullable(),
  capacityBytes: count.nullable(),
  freeBytes: count.nullable(),
}) satisfies z.ZodType<Datastore>;

const networkSchema = z.object({
  localId: z.string().min(1),
  name: z.string(),
  kind: z.string().nullable(),
  vlanId: count.nullable(),
  bridge: z.string().nullable(),
  cidrs: z.array(z.string()),
}) satisfies z.ZodType<Network>;

/** The validator of each kind of resource. */
export const resourceSchemas = {
  VirtualMachine: vmSchema,
  Host: hostSchema,
  Datastore: datastoreSchema,
  Network: networkSchema,
} as const satisfies Record<ResourceKind, z.ZodType>;

const kind = z.enum(['VirtualMachine', 'Host', 'Datastore', 'Network']);
const place = { instance: z.string().min(1), revision: count };

/** A line of `GET /v1/inventory`: a head, then a row for each resource, then the end, without which it was cut short. */
export const inventoryLineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('inventory'), protocol: z.literal(protocolVersion), ...place }),
  z.object({ type: z.literal('row'), kind, resource: z.unknown() }),
  z.object({ type: z.literal('end'), rows: count }),
]);

/** A line of `GET /v1/events`: first `hello`, then changes as they happen and heartbeats while nothing does. */
export const eventLineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), protocol: z.literal(protocolVersion), ...place }),
  z.object({
    type: z.literal('changes'),
    revision: count,
    changes: z.array(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('upsert'), kind, resource: z.unknown() }),
        z.object({ type: z.literal('remove'), kind, localId: z.string() }),
      ]),
    ),
  }),
  z.object({ type: z.literal('heartbeat'), revision: count }),
]);

/** The last part of a line of `GET /v1/inventory`, as the manager writes it. */
export type InventoryLine =
  | { readonly type: 'inventory'; readonly protocol: number; readonly instance: string; readonly revision: number }
  | { readonly type: 'row'; readonly kind: ResourceKind; readonly resource: object }
  | { readonly type: 'end'; readonly rows: number };

/** A line of `GET /v1/events`, as the manager writes it. */
export type EventLine =
  | { readonly type: 'hello'; readonly protocol: number; readonly instance: string; readonly revision: number }
  | { readonly type: 'changes'; readonly revision: number; readonly changes: readonly Change[] }
  | { readonly type: 'heartbeat'; readonly revision: number };

/** The `after` of `GET /v1/events`: the last revision the caller has. */
export const afterSchema = z.coerce.number().pipe(count);

/** The `epoch` of `DELETE /v1/actions/:id`: that of the task to be ended. */
export const epochSchema = z.coerce.number().pipe(count);

/** What a caller may say about a machine; what is left out is kept, or made up for a new machine. */
export const vmSpecSchema = z.strictObject({
  name: z.string().min(1).max(255).optional(),
  powerState: z.enum(powerStates).optional(),
  cpuCount: z.int().min(1).max(1024).nullable().optional(),
  memoryMiB: z.int().min(1).max(16_777_216).nullable().optional(),
  guestOs: z.string().max(255).nullable().optional(),
  /** The local id of a host; null for none. */
  host: z.string().nullable().optional(),
  labels: text.optional(),
  annotations: text.optional(),
  createdAt: time.min(0).nullable().optional(),
});

/** The parsed `vmSpecSchema`. */
export type VmSpec = z.infer<typeof vmSpecSchema>;

/** What is to go wrong. Whatever is left out works as it did when the manager started. */
export const faultsSchema = z.strictObject({
  /** How much later every answer to a driver begins, in milliseconds. */
  latencyMs: z.int().min(0).max(60_000).optional(),
  /** The share of a driver's requests that are answered with an error, 0 to 1. */
  errorRate: share.optional(),
  /** Nothing is answered and running streams fall silent, but nothing is closed. */
  hang: z.boolean().optional(),
  /** Running event streams are cut now, new ones after their first line. */
  cutEvents: z.boolean().optional(),
  /** Inventories and event streams carry a line that is not of this protocol. */
  garbage: z.boolean().optional(),
});

/** The parsed `faultsSchema`. */
export type FaultSpec = z.infer<typeof faultsSchema>;
