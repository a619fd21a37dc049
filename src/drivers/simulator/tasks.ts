import { LRUCache } from 'lru-cache';

import type { Clock } from '../../core/clock.ts';
import { SitewideError } from '../../core/errors.ts';
import { isObservable, type Action } from '../../model/action.ts';
import type { Vm } from '../../model/vm.ts';
import { showsEffect } from '../../model/action-effect.ts';
import type { Act } from './act-context.ts';
import { actOf } from './act.ts';
import type { TaskLine, TaskOrder } from './action-protocol.ts';
import { createEffects, type Effects } from './effects.ts';
import type { Manager } from './manager.ts';
import type { Random } from './random.ts';

// The changes that the simulated manager is carrying out. Like a real one's they go on when whoever asked has gone; unlike
// most real ones it knows epochs: once a newer owner of an operation was heard of, an older one's task has no effect.

interface TasksOptions {
  readonly manager: Manager;
  readonly clock: Clock;
  readonly random: Random;
  /** How long an action takes, in milliseconds; its effect comes at the end. */
  readonly actionMs: number;
}

/** What can be seen of an order. */
export type TaskFinding =
  | { readonly outcome: 'DONE'; readonly vm: string }
  | { readonly outcome: 'NOT_DONE' }
  | { readonly outcome: 'UNKNOWN' };

/** The tasks of a manager. */
export interface Tasks {
  readonly effects: Effects;
  /** Carries an order out and tells how it goes; the last line says what came of it. The same order again joins its task. */
  run(order: TaskOrder, onLine: (line: TaskLine) => void): Promise<void>;
  /** Ends a task that has had no effect yet, unless a newer owner has it. */
  cancel(operationId: string, epoch: number): void;
  /**
   * What can be seen. From now on nothing under an older epoch has an effect.
   * @throws SitewideError `STALE_EPOCH`.
   */
  reconcile(order: TaskOrder): TaskFinding;
}

/** Of more operations than this nobody asks again. */
const rememberedOperations = 100_000;
const slices = 4;

interface Task {
  readonly epoch: number;
  readonly listeners: Set<(line: TaskLine) => void>;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** No tasks yet. */
export function createTasks({ manager, clock, random, actionMs }: TasksOptions): Tasks {
  const effects = createEffects();
  const epochs = new LRUCache<string, number>({ max: rememberedOperations });
  /** What an operation made, which is how a real manager's objects carry its id. */
  const made = new LRUCache<string, string>({ max: rememberedOperations });
  const kept = new Map<string, Vm>();
  const tasks = new Map<string, Task>();
  const fence = ({ operationId, epoch }: Pick<TaskOrder, 'operationId' | 'epoch'>): void => {
    if (epoch < (epochs.get(operationId) ?? 0)) {
      throw new SitewideError('STALE_EPOCH', { operation: operationId, epoch });
    }
    epochs.set(operationId, epoch);
  };
  const work = ({ action, operationId }: TaskOrder): Act =>
    actOf(action, { manager, operationId, now: clock.now(), random, kept });
  const commit = (order: TaskOrder): string => {
    const { operationId, epoch, action } = order;
    const { vm, changes, keep } = work(order);
    if (keep) kept.set(keep.key, keep.vm);
    if (makes(action)) made.set(operationId, vm);
    if (changes.length > 0) {
      effects.add({ at: clock.now(), operationId, epoch, kind: action.kind, action: powerOf(action), vm });
      manager.commit(changes);
    }
    return vm;
  };
  const carryOut = async (order: TaskOrder, stop: AbortSignal, tell: (line: TaskLine) => void): Promise<void> => {
    try {
      const known = made.get(order.operationId);
      if (known !== undefined) {
        tell({ type: 'done', vm: known });
        return;
      }
      // What is impossible now is said now; what becomes so meanwhile, at the end.
      if (actionMs > 0) work(order);
      for (let slice = 0; slice < slices && actionMs > 0; slice += 1) {
        tell({
          type: 'progress',
          progress: (100 * slice) / slices,
          ...(slice === 0 ? { step: 'The manager began.' } : {}),
        });
        await clock.sleep(actionMs / slices, stop);
      }
      stop.throwIfAborted();
      fence(order);
      tell({ type: 'done', vm: commit(order) });
    } catch (thrown) {
      tell(refusalOf(thrown, stop));
    }
  };
  const start = (order: TaskOrder): Task => {
    const listeners = new Set<(line: TaskLine) => void>();
    const stop = new AbortController();
    const tell = (line: TaskLine): void => listeners.forEach((listener) => listener(line));
    // Whoever starts it listens before it says anything.
    const done = Promise.resolve()
      .then(() => carryOut(order, stop.signal, tell))
      .finally(() => {
        if (tasks.get(order.operationId) === task) tasks.delete(order.operationId);
      });
    const task: Task = { epoch: order.epoch, listeners, stop, done };
    tasks.set(order.operationId, task);
    return task;
  };
  return {
    effects,
    async run(order, onLine) {
      fence(order);
      const present = tasks.get(order.operationId);
      if (present !== undefined && present.epoch < order.epoch) {
        present.stop.abort();
        await present.done;
      }
      const task = present?.epoch === order.epoch ? present : start(order);
      task.listeners.add(onLine);
      await task.done;
    },
    cancel(operationId, epoch) {
      const task = tasks.get(operationId);
      if (task?.epoch === epoch) task.stop.abort();
    },
    reconcile(order) {
      fence(order);
      const task = tasks.get(order.operationId);
      if (task !== undefined && task.epoch < order.epoch) task.stop.abort();
      return findingOf(order, { manager, made: made.get(order.operationId) ?? null });
    },
  };
}

function makes({ kind }: Action): boolean {
  return kind === 'CREATE_VIRTUAL_MACHINE' || kind === 'CLONE_VIRTUAL_MACHINE' || kind === 'CREATE_SNAPSHOT';
}

function powerOf(action: Action) {
  return action.kind === 'SET_POWER_STATE' ? action.action : null;
}

/** A real manager has no list of what it was asked for; only what is there can be looked at. */
function findingOf(
  { action }: TaskOrder,
  { manager, made }: { readonly manager: Manager; readonly made: string | null },
): TaskFinding {
  if (!isObservable(action)) {
    return { outcome: 'UNKNOWN' };
  }
  if (makes(action)) {
    return made === null ? { outcome: 'NOT_DONE' } : { outcome: 'DONE', vm: made };
  }
  if (!('vm' in action)) {
    return { outcome: 'NOT_DONE' };
  }
  const { vm } = action;
  const view = { vm: (localId: string) => rowOf(manager.vm(localId)) };
  return showsEffect(action, vm, view) === true ? { outcome: 'DONE', vm } : { outcome: 'NOT_DONE' };
}

function rowOf(vm: Vm | undefined) {
  return vm === undefined ? null : { ...vm, id: vm.localId, installation: '' };
}

function refusalOf(thrown: unknown, stop: AbortSignal): TaskLine {
  const { code, message } = thrown as Partial<SitewideError>;
  if (code === 'ACTION_IMPOSSIBLE' || code === 'STALE_EPOCH') {
    return { type: 'refused', code, message: message ?? '' };
  }
  if (stop.aborted) {
    return { type: 'refused', code: 'CANCELLED', message: 'It was ended before it had an effect.' };
  }
  throw thrown;
}
