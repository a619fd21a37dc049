import type { MutationResolvers, OperationResolvers, QueryResolvers } from '../../schema/generated/resolvers.ts';
import type { Access } from '../auth/authority.ts';
import { encodeRevisions } from '../core/revision-vector.ts';
import type { OperationCounts, OperationState } from '../model/operation.ts';
import { isBulk, operationIdOf, parentIdOf, targetIdOf } from '../model/operation-list.ts';
import { actorOf, anonymous } from '../model/principal.ts';
import type { RequestContext } from '../model/request.ts';
import type { Row } from '../model/resource.ts';
import { askedBy, requireRole } from './asked-by.ts';
import { answerList } from './connection.ts';
import type { Source } from './coverage.ts';
import { findInstallation } from './installation.ts';
import { answerOperation, createReferenceResolver } from './node.ts';
import { seenOperation } from './operation-look-up.ts';
import { payloadOf, type Payload, refusal } from './operation-payload.ts';
import { isOfEvery, readId } from './read-id.ts';

// Operations: looking at them, and asking for one to be ended.

/** `Query.operations` and `Query.operation`. */
export function createOperationQueries(source: Source): Pick<QueryResolvers, 'operations' | 'operation'> {
  return {
    operations: (_, args, context, info) => answerList(source, 'Operation', { args, context, info }),
    operation: (_, { id }, context, info) => answerOperation(source, { id, context, info }),
  };
}

/** `Mutation.cancelOperation`. */
export function createOperationMutations(source: Source): Pick<MutationResolvers, 'cancelOperation'> {
  return {
    async cancelOperation(_, { input }, context, info): Promise<Payload | null> {
      const id = readId(source, input.id, ['Operation']);
      const { localId } = id;
      await requireRole(source, { context, info }, { action: 'CANCEL_OPERATION', operation: localId });
      source.admit({ context, info });
      const { signal } = context.deadline;
      const found = seenOperation(source, await source.operations().find(localId, signal), context);
      if (found === null) {
        // Of a bulk over every installation this one has no part, which is nothing that went wrong.
        return isOfEvery(id) ? null : refusal('NOT_FOUND', 'input.id', 'There is no such operation.');
      }
      if (!mayCancel(source.access(context), found, context)) {
        const payload = refusal('FORBIDDEN', 'input.id', 'You may not cancel this operation.');
        const { userErrors } = payload;
        const { kind, target } = found;
        const wanted = { action: 'CANCEL_OPERATION', operation: localId, kind, target, userErrors } as const;
        await source.operations().auditRefusal({ ...askedBy(context), ...wanted }, signal);
        return payload;
      }
      const operation = await source.operations().cancel({ localId, kind: found.kind, ...askedBy(context) }, signal);
      return payloadOf(source, { operation: seenOperation(source, operation, context) });
    },
  };
}

/** Whoever began something may end it. */
function mayCancel(
  access: Access,
  { actor, targetLabels = null }: Row<'Operation'>,
  { principal }: RequestContext,
): boolean {
  return (
    (principal.subject !== anonymous.subject && actor === actorOf(principal)) || access.mayOn('cancel', targetLabels)
  );
}

/** The fields of an operation that are not simply there. */
export function createOperationResolvers(source: Source): OperationResolvers {
  return {
    id: operationIdOf,
    progress: (operation) => {
      const { items, progress } = countsOf(operation);
      return items === 0 ? operation.progress : progress / items;
    },
    itemCount: (operation) => countsOf(operation).items,
    itemProgress: (operation) => countsOf(operation).progress,
    succeededCount: (operation) => countsOf(operation).succeeded,
    failedCount: (operation) => countsOf(operation).failed,
    cancelledCount: (operation) => countsOf(operation).cancelled,
    steps: (operation) => (isBulk(operation.kind) ? null : operation.steps),
    targetId: targetIdOf,
    target: (operation, _, context) => targetOf(source, operation, context),
    installation: (operation) => (isBulk(operation.kind) ? null : findInstallation(source, operation.installation)),
    parentId: parentIdOf,
    revision: (operation) => revisionOf(source, operation),
    __resolveReference: createReferenceResolver(source, 'Operation'),
  };
}

function countsOf({ counts, state, progress }: Row<'Operation'>): OperationCounts {
  const one = (wanted: OperationState): number => (state === wanted ? 1 : 0);
  return (
    counts ?? {
      items: 1,
      progress: Math.floor(progress),
      succeeded: one('SUCCEEDED'),
      failed: one('FAILED'),
      cancelled: one('CANCELLED'),
    }
  );
}

/** An operation from the database may be newer than the state of the request; then its target is as new as can be. */
function targetOf(
  source: Source,
  { target, revision }: Row<'Operation'>,
  context: RequestContext,
): Row<'VirtualMachine'> | null {
  const pinned = source.state(context).snapshot;
  const isOlder = pinned === null || pinned.revision < revision;
  const snapshot = isOlder ? source.latest(context) : pinned;
  return target === null ? null : (snapshot?.get('VirtualMachine', target) ?? null);
}

function revisionOf({ inventory }: Source, { installation, revision }: Row<'Operation'>): string | null {
  const place = inventory.log?.place() ?? null;
  return place === null ? null : encodeRevisions({ [installation]: { feed: place.feed, revision, part: 0 } });
}
