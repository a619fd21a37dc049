// So many events in a turn of the event loop, whoever's they are. Events that are ready one after the other, as where a stream
// catches up, or that come to a thousand streams at once, would keep everybody else waiting until the last of them is sent.

/** Hands out turns, first come, first served. */
export interface Turns {
  /** Settles at once as long as there is little to do, else when it is one's turn. */
  take(): Promise<void>;
}

/** @param perTurn How many may go on in one turn of the event loop. */
export function createTurns(perTurn: number): Turns {
  let taken = 0;
  const waiting: (() => void)[] = [];
  const begin = (): void => {
    const admitted = waiting.splice(0, perTurn);
    taken = admitted.length;
    if (taken > 0) {
      setImmediate(begin);
    }
    admitted.forEach((admit) => admit());
  };
  return {
    async take() {
      if (taken >= perTurn) {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.push(resolve);
        return promise;
      }
      taken += 1;
      if (taken === 1) {
        setImmediate(begin);
      }
    },
  };
}
