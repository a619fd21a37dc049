import { z } from 'zod';

import { nearestName } from './nearest-name.ts';

// What the rules of the configuration are made of. The message of each says what is allowed.

/** An object without other keys; for an unknown key it names the nearest known one. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error(issue) {
      if (issue.code !== 'unrecognized_keys') {
        return `a mapping with the keys ${known.join(', ')}`;
      }
      const hints = issue.keys.map((key) => {
        const nearest = nearestName(key, known);
        return `unknown key "${key}"${nearest === null ? '' : `; did you mean "${nearest}"?`}`;
      });
      return `${hints.join(', ')} (known keys: ${known.join(', ')})`;
    },
  });
}

/** A text; the rest of its rule follows. @param allowed What is allowed, for the message. */
export function text(allowed: string): z.ZodString {
  return z.string({ error: () => allowed });
}

/** A whole number between two, both of which are allowed. */
export function integer(minimum: number, maximum: number): z.ZodInt {
  const error = (): string => `a whole number from ${minimum} to ${maximum}`;
  return z.int({ error }).min(minimum, { error }).max(maximum, { error });
}

/** Whether it is the address of something that speaks HTTP. */
export function isHttpUrl(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
}
