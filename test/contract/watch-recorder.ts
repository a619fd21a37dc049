import type { Driver } from '../../src/drivers/driver.ts';
import type { Change, Inventory } from '../../src/model/resource.ts';
import type { Vm } from '../../src/model/vm.ts';
import { eventually } from './eventually.ts';

// Follows a driver's watch and keeps all it says, so that a test can ask later what was seen.

/** How a watch came to its end. */
export type WatchEnd = { readonly type: 'ended' } | { readonly type: 'threw'; readonly error: unknown };

/** A watch being followed. Disposing it aborts the watch and waits for its end. */
export interface WatchRecorder extends AsyncDisposable {
  /** All batches so far. */
  readonly batches: readonly (readonly Change[])[];
  /** All changes so far, in order. */
  changes(): readonly Change[];
  /** Resolves when the first batch has come: the watch is in force. Rejects if the watch ends instead. */
  readonly inForce: Promise<unknown>;
  /** Resolves when the iteration is over; never rejects. */
  readonly end: Promise<WatchEnd>;
  /** Ends the watch. */
  abort(): void;
}

/** Starts to follow a new watch of the driver. */
export function recordWatch(driver: Driver): WatchRecorder {
  const controller = new AbortController();
  const batches: (readonly Change[])[] = [];
  const inForce = Promise.withResolvers<null>();
  inForce.promise.catch(() => undefined);
  const end = follow(driver.watch(controller.signal), (batch) => {
    batches.push(batch);
    inForce.resolve(null);
  });
  void end.then((how) =>
    inForce.reject(how.type === 'threw' ? how.error : new Error('The watch ended before it began.')),
  );
  return {
    batches,
    changes: () => batches.flat(),
    inForce: inForce.promise,
    end,
    abort: () => controller.abort(new Error('The test is done with this watch.')),
    async [Symbol.asyncDispose]() {
      controller.abort(new Error('The test is over.'));
      await end;
    },
  };
}

async function follow(
  watch: AsyncIterable<readonly Change[]>,
  onBatch: (batch: readonly Change[]) => void,
): Promise<WatchEnd> {
  try {
    for await (const batch of watch) {
      onBatch(batch);
    }
    return { type: 'ended' };
  } catch (error) {
    return { type: 'threw', error };
  }
}

/** The virtual machines by local id that an inventory and the changes after it make. */
export function replay(inventory: Inventory, changes: readonly Change[]): Map<string, Vm> {
  const vms = new Map(inventory.VirtualMachine.map((vm) => [vm.localId, vm]));
  for (const change of changes) {
    if (change.type === 'remove' && change.kind === 'VirtualMachine') {
      vms.delete(change.localId);
    } else if (change.type === 'upsert' && change.kind === 'VirtualMachine') {
      vms.set(change.resource.localId, change.resource);
    }
  }
  return vms;
}

/** Waits until the watch has said that the machine is so, and gives the machine. */
export function sawVm(recorder: WatchRecorder, localId: string, expected: Partial<Vm> = {}): Promise<Vm> {
  return eventually(() => {
    const last = recorder.changes().findLast((change) => localIdOf(change) === localId);
    if (last?.type !== 'upsert' || last.kind !== 'VirtualMachine') {
      throw new Error(`The watch has not reported ${localId} as present; last: ${JSON.stringify(last)}`);
    }
    for (const [field, value] of Object.entries(expected)) {
      if (last.resource[field as keyof Vm] !== value) {
        throw new Error(
          `The watch does not show ${localId} with ${field} = ${JSON.stringify(value)}: ${JSON.stringify(last)}`,
        );
      }
    }
    return last.resource;
  });
}

/** Waits until the watch has said that the machine is gone. */
export async function sawRemoval(recorder: WatchRecorder, localId: string): Promise<void> {
  await eventually(() => {
    const last = recorder.changes().findLast((change) => localIdOf(change) === localId);
    if (last?.type !== 'remove') {
      throw new Error(`The watch has not reported ${localId} as gone; last: ${JSON.stringify(last)}`);
    }
  });
}

function localIdOf(change: Change): string | null {
  if (change.kind !== 'VirtualMachine') {
    return null;
  }
  return change.type === 'remove' ? change.localId : change.resource.localId;
}
