// The order of merged groups.

/** A value of one field that tells which elements belong together. */
export type GroupKey = string | number | boolean | null;

/** By the first field in which they differ. */
export function compareKeys(a: readonly GroupKey[], b: readonly GroupKey[]): number {
  for (const [at, left] of a.entries()) {
    const order = compareKey(left, b[at] ?? null);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

/** Numbers by size, text by code point, null last. */
function compareKey(a: GroupKey, b: GroupKey): number {
  if (a === b) {
    return 0;
  }
  if (a === null || b === null) {
    return a === null ? 1 : -1;
  }
  if (typeof a === 'string' && typeof b === 'string') {
    return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
  }
  return a < b ? -1 : 1;
}
