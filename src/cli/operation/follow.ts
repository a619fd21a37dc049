import {
  WatchOperationDocument,
  type OperationFieldsFragment,
  type OperationState,
} from '../../../schema/generated/client.ts';
import type { Asker } from '../ask.ts';
import { createProgress } from './progress.ts';

// Following operations to their end, with a bar for people and a JSON line for each change otherwise.

/** How an operation stands. */
export type FollowedOperation = OperationFieldsFragment;

const final: readonly (OperationState | null)[] = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

/** True if it has ended. */
function hasEnded({ state }: Pick<FollowedOperation, 'state'>): boolean {
  return final.includes(state);
}

/**
 * Follows operations to their end.
 * @param asJson Whether each change is to be a JSON line on stdout.
 * @returns How each one ended, in the order given. Throws as the streams.
 */
export async function followOperations(
  { connection, signal }: Asker,
  operations: readonly FollowedOperation[],
  asJson: boolean,
): Promise<readonly FollowedOperation[]> {
  using progress = createProgress(asJson);
  return await Promise.all(
    operations.map(async (operation) => {
      let last = operation;
      progress.show(last);
      if (hasEnded(last)) return last;
      for await (const event of connection.streams.follow(WatchOperationDocument, { id: operation.id }, signal)) {
        if (event.operation) {
          last = event.operation;
          progress.show(last);
        }
      }
      return last;
    }),
  );
}
