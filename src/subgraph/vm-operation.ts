import type {
  CreateSnapshotBulkInput,
  MutationResolvers,
  SetPowerStateBulkInput,
} from '../../schema/generated/resolvers.ts';
import { SitewideError } from '../core/errors.ts';
import type { Snapshot } from '../inventory/snapshot.ts';
import type { Action, ActionKind } from '../model/action.ts';
import type { RequestContext } from '../model/request.ts';
import { settleSite } from '../model/site-filter.ts';
import type { Asking, BulkAction } from '../operations/operations.ts';
import { askedVmOf, checkLabels, filledVm, vmActions, type ReadLocalId } from './action-input.ts';
import { askedBy, requireRole } from './asked-by.ts';
import type { Source } from './coverage.ts';
import type { Asked } from './source-report.ts';
import { judgeOf } from './judge.ts';
import { payloadOf, refused, type Payload } from './operation-payload.ts';
import { isOfEvery, readId } from './read-id.ts';

// Changes of machines: each is asked of the installation's operations, which accept or refuse it.

type VmMutations = Required<Omit<MutationResolvers, 'cancelOperation'>>;

interface ChangeResolver<Input> {
  (parent: unknown, args: { readonly input: Input }, context: RequestContext, info: Asked['info']): Promise<Payload>;
}

/** All mutations of machines. */
export function createVmMutations(source: Source): VmMutations {
  const read: ReadLocalId = (id, type) => readId(source, id, [type]).localId;
  const change =
    <Input extends AskedChange['input']>(
      actionOf: (input: Input, read: ReadLocalId) => Action,
    ): ChangeResolver<Input> =>
    async (_, { input }, context, info) => {
      const action = actionOf(input, read);
      return accept(source, { context, info, input, kind: action.kind, actionOf: () => action });
    };
  return {
    setPowerState: change(vmActions.setPowerState),
    deleteVirtualMachine: change(vmActions.deleteVirtualMachine),
    reconfigureVirtualMachine: change(vmActions.reconfigureVirtualMachine),
    createSnapshot: change(vmActions.createSnapshot),
    revertToSnapshot: change(vmActions.revertToSnapshot),
    deleteSnapshot: change(vmActions.deleteSnapshot),
    cloneVirtualMachine: change(vmActions.cloneVirtualMachine),
    migrateVirtualMachine: change(vmActions.migrateVirtualMachine),
    createVirtualMachine(_, { input }, context, info) {
      readId(source, input.installationId, ['Installation']);
      const asked = askedVmOf(input, read);
      const actionOf = (snapshot: Snapshot): Action =>
        filledVm(asked, asked.template === null ? null : snapshot.get('VirtualMachine', asked.template));
      return accept(source, { context, info, input, kind: 'CREATE_VIRTUAL_MACHINE', actionOf, asked });
    },
    setPowerStateBulk: (_, { input }, context, info) =>
      acceptBulk(source, { context, info, input, action: { kind: 'SET_POWER_STATE_BULK', action: input.action } }),
    createSnapshotBulk(_, { input }, context, info) {
      const { name, description = null } = input;
      return acceptBulk(source, { context, info, input, action: { kind: 'CREATE_SNAPSHOT_BULK', name, description } });
    },
  };
}

interface AskedChange extends Asked {
  readonly input: Parameters<typeof checkLabels>[0] & AskingInput;
  readonly kind: ActionKind;
  readonly actionOf: (snapshot: Snapshot) => Action;
  /** What an idempotency key stands for, if it is not the action. */
  readonly asked?: unknown;
}

interface AskingInput {
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

/** Who asks may have seen what this broker has not: a change is checked against nothing older. */
async function accept(source: Source, { input, kind, actionOf, asked, ...place }: AskedChange): Promise<Payload> {
  await requireRole(source, place, { action: kind, input, dryRun: input.dryRun });
  await source.reachWanted(place.context);
  const { result: action } = source.answer(place, actionOf, () => null);
  const userErrors = checkLabels(input);
  if (userErrors.length > 0) {
    return refused(userErrors);
  }
  const request = { action, ...askingOf(source, input, place.context), ...(asked !== undefined && { asked }) };
  return payloadOf(source, await source.operations().accept(request, place.context.deadline.signal));
}

interface AskedBulk extends Asked {
  readonly input: SetPowerStateBulkInput | CreateSnapshotBulkInput;
  readonly action: BulkAction;
}

async function acceptBulk(source: Source, { input, action, ...asked }: AskedBulk): Promise<Payload> {
  const operationId = readBulkId(source, input.operationId ?? null);
  await requireRole(source, asked, { action: action.kind, input, dryRun: input.dryRun });
  await source.reachWanted(asked.context);
  const { coverage } = source.answer(
    asked,
    () => null,
    () => null,
  );
  const request = {
    action,
    filter: settleSite(input.filter, source.installation.site),
    asked: input.filter,
    maxTargets: input.maxTargets ?? defaultMaxTargets,
    operationId,
    ...askingOf(source, input, asked.context),
  };
  const acceptance = await source.operations().acceptBulk(request, asked.context.deadline.signal);
  return { ...payloadOf(source, acceptance), coverage };
}

/** For a caller that gives null; the same as the default in the schema. */
const defaultMaxTargets = 100;

function askingOf(source: Source, { idempotencyKey, dryRun }: AskingInput, context: RequestContext): Asking {
  const judge = judgeOf(source, source.access(context));
  return {
    ...askedBy(context),
    idempotencyKey: idempotencyKey ?? null,
    dryRun: dryRun ?? false,
    ...(judge && { judge }),
  };
}

function readBulkId(source: Source, id: string | null): string | null {
  if (id === null) {
    return null;
  }
  const wanted = readId(source, id, ['Operation']);
  if (!isOfEvery(wanted)) {
    throw new SitewideError('INVALID_ID', { id, problem: 'it does not name an operation of every installation' });
  }
  return wanted.localId;
}
