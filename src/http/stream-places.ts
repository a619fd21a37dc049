import { SitewideError } from '../core/errors.ts';
import type { StreamLimits } from './socket-options.ts';

// How many subscriptions there are, and that there are not more than may be. They cost little while nothing happens, but
// each event is executed for each of them.

/** The places for the subscriptions of a path. */
export interface StreamPlaces {
  /** The places of one more socket. */
  ofSocket(): TakePlace;
}

/**
 * Takes a place; dispose what it gives to leave it.
 * @param isPeer True for another broker, whose socket carries what all of its clients want.
 * @throws SitewideError `TOO_MANY_SUBSCRIPTIONS`.
 */
export type TakePlace = (isPeer: boolean) => Disposable;

/** Places that nobody has taken yet. */
export function createStreamPlaces({ perSocket, perBroker }: StreamLimits, began: () => () => void): StreamPlaces {
  let ofAll = 0;
  return {
    ofSocket() {
      let ofThis = 0;
      return (isPeer) => {
        refuseMore('This connection', ofThis, isPeer ? perBroker : perSocket);
        refuseMore('This broker', ofAll, perBroker);
        ofThis += 1;
        ofAll += 1;
        const ended = began();
        return {
          [Symbol.dispose]() {
            ofThis -= 1;
            ofAll -= 1;
            ended();
          },
        };
      };
    },
  };
}

function refuseMore(where: string, found: number, limit: number): void {
  if (found >= limit) {
    throw new SitewideError('TOO_MANY_SUBSCRIPTIONS', { where, limit });
  }
}
