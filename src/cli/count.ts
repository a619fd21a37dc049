import { InvalidArgumentError } from 'commander';

// `--count` of the commands that follow something live.

/** How often something may be told before the command ends. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number greater than 0.');
  }
  return value;
}
