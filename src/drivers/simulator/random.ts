// Chance that can be repeated: the same seed gives the same numbers on every machine and in every version of Node. Not for
// secrets.

/** A source of repeatable chance. */
export interface Random {
  /** From 0, included, to 1, excluded, in steps of 2^-32. */
  next(): number;
  /** A whole number from `minimum` to `maximum`, both included. */
  between(minimum: number, maximum: number): number;
  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T;
  /** True in this share of cases, 0 to 1. */
  chance(share: number): boolean;
}

/**
 * Starts a sequence. The generator is sfc32 of Chris Doty-Humphrey's PractRand: 128 bits of state, far more than a world
 * of 50,000 machines uses up.
 * @param seed Any text; different texts give unrelated sequences.
 */
export function createRandom(seed: string): Random {
  let a = hash(seed, 1);
  let b = hash(seed, 2);
  let c = hash(seed, 3);
  let counter = 1;
  function next(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }
  // The first numbers of close seeds resemble each other; a dozen rounds part them.
  for (let round = 0; round < 12; round += 1) {
    next();
  }
  const between = (minimum: number, maximum: number): number => minimum + Math.floor(next() * (maximum - minimum + 1));
  return {
    next,
    between,
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) {
        throw new RangeError('There is nothing to pick from.');
      }
      return list[between(0, list.length - 1)] as T;
    },
    chance: (share) => next() < share,
  };
}

/** FNV-1a over the UTF-16 units, salted, so that one text gives several numbers. */
function hash(text: string, salt: number): number {
  let value = Math.imul(0x811c9dc5 ^ salt, 0x01000193);
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value | 0;
}
