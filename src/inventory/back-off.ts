// How long to wait before connecting again.

const shortestMs = 250;
const longestMs = 10_000;

/**
 * The wait after so many failures in a row, in milliseconds: it doubles up to 10 s, and half of it is chance, so that the
 * brokers of an installation do not all come back at the same instant.
 * @param failures From 1.
 */
export function backOffMs(failures: number, random: () => number): number {
  const fullMs = Math.min(longestMs, shortestMs * 2 ** Math.min(failures - 1, 30));
  return fullMs / 2 + random() * (fullMs / 2);
}
