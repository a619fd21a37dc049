import { abortable } from './abort.ts';

// Streams that can be ended while they wait. A generator by itself cannot: who returns it waits for what it waits for.

/** A stream of values that ends. */
export interface EndableStream<T> extends AsyncIterableIterator<T, undefined, undefined> {
  next(): Promise<IteratorResult<T, undefined>>;
  /** Ends it at once, whatever it waits for. */
  return(): Promise<IteratorReturnResult<undefined>>;
}

/**
 * The values of a generator until the signal aborts or the reader is done with it. That is an end, not an error.
 * @param start Is given the signal to wait with; it may reject with its reason.
 */
export function endable<T>(
  parent: AbortSignal,
  start: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): EndableStream<T> {
  const stop = new AbortController();
  const signal = AbortSignal.any([parent, stop.signal]);
  const inner = start(signal);
  const end = (): IteratorReturnResult<undefined> => {
    stop.abort(new Error('Nobody reads the stream any more.'));
    inner.return().catch(() => undefined);
    return { done: true, value: undefined };
  };
  const stream: EndableStream<T> = {
    async next() {
      try {
        const result = await abortable(inner.next(), signal);
        return result.done === true ? end() : result;
      } catch (error) {
        const isEnd = signal.aborted;
        end();
        if (isEnd) {
          return { done: true, value: undefined };
        }
        throw error;
      }
    },
    return: () => Promise.resolve(end()),
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}
