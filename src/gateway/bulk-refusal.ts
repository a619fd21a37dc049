import { acceptanceOf, type Refusal } from '../merge/payload.ts';
import type { Part } from '../merge/strategy.ts';
import type { Reading } from './reading.ts';

// Whether a bulk may be begun, from what every source says to a try. A refusal by one is a refusal of the whole, and the
// number of targets is judged over all of them: nothing has been changed yet.

/** As many machines as a bulk may concern at most if it does not say; as in the schema. */
export const defaultMaxTargets = 100;

/** What a source says of its part. */
export interface Tried {
  readonly reading: Reading;
  readonly payload: Part;
  /** How many machines its part concerns. */
  readonly count: number;
  /** True if it has its part already, from the same request before. */
  readonly accepted: boolean;
}

/** Reads what a source said to a try. */
export function triedOf(reading: Reading): Tried {
  const payload = reading.value as Part;
  const { accepted, targetCount } = acceptanceOf(payload);
  return { reading, payload, count: targetCount ?? 0, accepted };
}

/** Why the whole is refused; empty if it is not. */
export function refusalsOf(tried: readonly Tried[], maxTargets: number): readonly Refusal[] {
  const errors = namedErrors(tried.map(({ reading }) => reading));
  const fundamental = errors.filter(({ code }) => !countCodes.has(code));
  if (fundamental.length > 0) {
    return fundamental;
  }
  const count = tried.reduce((total, one) => total + one.count, 0);
  if (count > maxTargets || errors.some(({ code }) => code === 'TOO_MANY_TARGETS')) {
    return [tooMany(tried, maxTargets)];
  }
  if (count > 0) {
    return [];
  }
  const forbidden = errors.filter(({ code }) => code === 'FORBIDDEN');
  const field = 'input.filter';
  return forbidden.length > 0
    ? forbidden
    : [{ code: 'NOTHING_MATCHED', field, message: 'No machine meets the filter.' }];
}

/** What a source says of the number of its own targets, or that it has none; that of all together is what counts. */
const countCodes = new Set(['NOTHING_MATCHED', 'TOO_MANY_TARGETS', 'FORBIDDEN']);

/** The refusals of these sources; one that not all of them give says whose it is. */
export function namedErrors(readings: readonly Reading[]): readonly Refusal[] {
  const found = new Map<string, { readonly refusal: Refusal; readonly sources: string[] }>();
  for (const { source, value } of readings) {
    for (const refusal of acceptanceOf(value as Part).userErrors) {
      const known = found.get(JSON.stringify(refusal)) ?? { refusal, sources: [] };
      known.sources.push(source.id);
      found.set(JSON.stringify(refusal), known);
    }
  }
  return [...found.values()].map(({ refusal, sources }) =>
    sources.length === readings.length ? refusal : { ...refusal, message: `${sources.join(', ')}: ${refusal.message}` },
  );
}

function tooMany(tried: readonly Tried[], maxTargets: number): Refusal {
  const counts = tried.filter(({ count }) => count > 0).map(({ reading, count }) => `${count} at ${reading.source.id}`);
  const count = tried.reduce((total, one) => total + one.count, 0);
  const found = count > maxTargets ? `${count} machines` : `more than ${maxTargets} machines`;
  const where = counts.length === 0 ? '' : `: ${counts.join(', ')}`;
  const message = `The filter meets ${found}, and maxTargets allows ${maxTargets}${where}.`;
  return { code: 'TOO_MANY_TARGETS', field: 'input.maxTargets', message };
}
