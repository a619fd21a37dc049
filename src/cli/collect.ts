import { InvalidArgumentError } from 'commander';

// Options that may be given several times.

/** Adds a value to those that were given so far. */
export function collect(text: string, sofar: readonly string[] | undefined): readonly string[] {
  return [...(sofar ?? []), text];
}

/**
 * Adds a word of the schema, in any case.
 * @throws InvalidArgumentError if it is not one word.
 */
export function collectUpper(text: string, sofar: readonly string[] | undefined): readonly string[] {
  if (!/^\w+$/.test(text)) {
    throw new InvalidArgumentError('It must be one word, such as RUNNING.');
  }
  return collect(text.toUpperCase(), sofar);
}
