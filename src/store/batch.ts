import { abortable } from '../core/abort.ts';

// Many small statements as few: while one is on its way, what comes meanwhile is gathered for the next. Every append of the
// feed waits for the one before it to be on the disk, so that one for many is many times as fast as one for each.

/** Gathers items. */
export interface Batcher<Item, Result> {
  /** What came of it. Rejects as the whole batch does, or with the signal's reason; then it may be done all the same. */
  add(item: Item, signal: AbortSignal): Promise<Result>;
}

interface BatcherOptions<Item, Result> {
  /** Does these at once; gives what came of each, in their order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Items with the same one are never done at once, but in the order in which they came. */
  readonly keyOf: (item: Item) => string;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly signal: AbortSignal;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** A statement of some milliseconds. */
const mostAtOnce = 100;

/** Nothing gathered yet. */
export function createBatcher<Item, Result>({ run, keyOf }: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let isRunning = false;
  const take = (): readonly Waiting<Item, Result>[] => {
    const keys = new Set<string>();
    const taken: Waiting<Item, Result>[] = [];
    const left: Waiting<Item, Result>[] = [];
    for (const one of waiting.filter(({ signal }) => !signal.aborted)) {
      const key = keyOf(one.item);
      (taken.length < mostAtOnce && !keys.has(key) ? taken : left).push(one);
      keys.add(key);
    }
    waiting = left;
    return taken;
  };
  const work = async (): Promise<void> => {
    for (let batch = take(); batch.length > 0; batch = take()) {
      try {
        const results = await run(batch.map(({ item }) => item));
        batch.forEach(({ resolve }, at) => resolve(results[at]!));
      } catch (thrown) {
        batch.forEach(({ reject }) => reject(thrown));
      }
    }
    // In the same turn in which there was nothing left: whoever comes after it begins anew.
    isRunning = false;
  };
  return {
    add(item, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      waiting.push({ item, signal, resolve, reject });
      if (!isRunning) {
        isRunning = true;
        void work();
      }
      return abortable(promise, signal);
    },
  };
}
