import { InvalidArgumentError } from 'commander';

// Variables from the command line.

/** A JSON object, for `--variables`. */
export function parseVariables(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('It is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError('It is not a JSON object, such as \'{"first": 10}\'.');
  }
  return value as Record<string, unknown>;
}

/** Collects `--var name=value`: the value is JSON if it reads as JSON, and text otherwise. */
export function collectVariable(text: string, sofar: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new InvalidArgumentError('It is not of the form name=value.');
  }
  return { ...sofar, [text.slice(0, at)]: jsonOrText(text.slice(at + 1)) };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
