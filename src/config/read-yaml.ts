import { parseDocument } from 'yaml';
import type { z } from 'zod';

import { messageOf } from '../core/errors.ts';

// Reads a YAML text by a schema and says everything that is wrong with it at once, each problem with its place.

/** A value that meets the schema, or what is wrong with it. */
export type Reading<Value> = { readonly value: Value } | { readonly problems: readonly string[] };

/** Reads a YAML text by a schema. Never throws for bad text. */
export function readYaml<Value>(text: string, schema: z.ZodType<Value>): Reading<Value> {
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0) {
    return { problems: document.errors.map(({ message }) => `not YAML: ${message.split('\n')[0]}`) };
  }
  let raw: unknown;
  try {
    raw = document.toJS();
  } catch (thrown) {
    // An alias of nothing, or aliases that would grow without end, are found only now.
    return { problems: [`not YAML: ${messageOf(thrown)}`] };
  }
  const result = schema.safeParse(raw);
  return result.success
    ? { value: result.data }
    : { problems: result.error.issues.map((issue) => describe(issue, raw)) };
}

/** `limits.depth: found 0; allowed is a whole number from 1 to 200`. */
function describe(issue: z.core.$ZodIssue, raw: unknown): string {
  const place = issue.path.length === 0 ? 'the file' : pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return `${place}: ${issue.message}`;
  }
  const allowed = issue.message.startsWith('Too small') ? 'at least one entry' : issue.message;
  const found = valueAt(raw, issue.path);
  return found === undefined
    ? `${place}: missing; allowed is ${allowed}`
    : `${place}: found ${show(found)}; allowed is ${allowed}`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = raw;
  for (const part of path) {
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined;
  }
  return value;
}

/** A value for a message: short, and without the password that an address may carry, whatever signs are in it. */
function show(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? (value.length === 0 ? 'an empty list' : 'a list') : 'a mapping';
  }
  const text = (JSON.stringify(value) ?? 'nothing').replace(/(\/\/|:).*@/, '$1…@');
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
