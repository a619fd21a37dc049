import type { Endpoint } from './endpoint.ts';

// A target is a set of equivalent endpoints, any of which may answer.

/** Equivalent endpoints. */
export interface Target {
  /** The source that its answers come from, for example `installation:lyon-a`. */
  readonly source: string;
  readonly endpoints: readonly Endpoint[];
}

/**
 * The endpoints in the order in which they should be tried: those that are not known to be down first, among them the
 * better of two random ones by latency and requests in flight, then the rest.
 * @param random Gives numbers from 0 up to but not including 1.
 */
export function rankEndpoints(target: Target, random: () => number): readonly Endpoint[] {
  const shuffled = target.endpoints
    .map((endpoint) => ({ endpoint, chance: random() }))
    .sort((a, b) => a.chance - b.chance)
    .map(({ endpoint }) => endpoint);
  const [first, second, ...rest] = [
    ...shuffled.filter(({ state }) => state !== 'DOWN'),
    ...shuffled.filter(({ state }) => state === 'DOWN'),
  ];
  if (first === undefined || second === undefined) {
    return first === undefined ? [] : [first];
  }
  const swap = second.state !== 'DOWN' && cost(second) < cost(first);
  return swap ? [second, first, ...rest] : [first, second, ...rest];
}

/** What a further request there may cost: the more in flight and the slower, the more. An unknown latency counts as 1 ms. */
function cost({ latencyMs, inFlight }: Endpoint): number {
  return (latencyMs ?? 1) * (inFlight + 1);
}
