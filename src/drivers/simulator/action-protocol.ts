import { z } from 'zod';

import { powerActions, type Action } from '../../model/action.ts';

// How the simulated manager is told to change something, as validators and the types they give. The answer to an action is a
// stream of JSON lines: how far it is, then what came of it.

const text = z.record(z.string(), z.string());
const vm = z.string().min(1);
const size = z.int().min(1);

const newVm = z.strictObject({
  name: z.string().min(1).max(255),
  cpuCount: size.max(1024),
  memoryMiB: size.max(16_777_216),
  guestOs: z.string().nullable(),
  diskBytes: size.nullable(),
  datastore: z.string().nullable(),
  network: z.string().nullable(),
  host: z.string().nullable(),
  labels: text,
  annotations: text,
  start: z.boolean(),
});

const changes = z.strictObject({
  cpuCount: size.max(1024).exactOptional(),
  memoryMiB: size.max(16_777_216).exactOptional(),
  labels: text.exactOptional(),
  annotations: text.exactOptional(),
});

const actionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('SET_POWER_STATE'), vm, action: z.enum(powerActions) }),
  z.strictObject({ kind: z.literal('CREATE_VIRTUAL_MACHINE'), spec: newVm, template: vm.nullable() }),
  z.strictObject({ kind: z.literal('DELETE_VIRTUAL_MACHINE'), vm, force: z.boolean(), keepDisks: z.boolean() }),
  z.strictObject({ kind: z.literal('RECONFIGURE_VIRTUAL_MACHINE'), vm, changes }),
  z.strictObject({
    kind: z.literal('CREATE_SNAPSHOT'),
    vm,
    name: z.string().min(1),
    description: z.string().nullable(),
  }),
  z.strictObject({ kind: z.literal('REVERT_TO_SNAPSHOT'), vm, name: z.string().min(1) }),
  z.strictObject({ kind: z.literal('DELETE_SNAPSHOT'), vm, name: z.string().min(1) }),
  z.strictObject({
    kind: z.literal('CLONE_VIRTUAL_MACHINE'),
    vm,
    name: z.string().min(1).max(255),
    host: z.string().nullable(),
    start: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('MIGRATE_VIRTUAL_MACHINE'), vm, host: z.string().min(1) }),
]) satisfies z.ZodType<Action>;

/** The body of `POST /v1/actions` and `POST /v1/actions/reconcile`. */
export const orderSchema = z.strictObject({
  /** Whoever asks for the same operation again gets the same task. */
  operationId: z.string().min(1).max(200),
  /** What comes under a smaller one than was seen before is refused. */
  epoch: z.int().min(0),
  action: actionSchema,
});

/** The parsed `orderSchema`. */
export type TaskOrder = z.infer<typeof orderSchema>;

/** A line of the answer to `POST /v1/actions`. */
export const taskLineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), progress: z.number(), step: z.string().optional() }),
  z.object({ type: z.literal('done'), vm: z.string() }),
  z.object({
    type: z.literal('refused'),
    code: z.enum(['ACTION_IMPOSSIBLE', 'STALE_EPOCH', 'CANCELLED']),
    message: z.string(),
  }),
]);

/** The parsed `taskLineSchema`. */
export type TaskLine = z.infer<typeof taskLineSchema>;

/** The answer to `POST /v1/actions/reconcile`. */
export const findingSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('DONE'), vm: z.string() }),
  z.object({ outcome: z.literal('NOT_DONE') }),
  z.object({ outcome: z.literal('UNKNOWN') }),
]);
