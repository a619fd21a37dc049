import { SitewideError } from '../../core/errors.ts';
import type { Context, Profiles } from './profiles-schema.ts';

// The contexts of a user, by their names.

/** What a context may be called: nothing that a shell or a path would take for something else. */
export const contextNamePattern = /^[\w.@-]{1,64}$/;

/** Those of somebody who has none. */
export const noProfiles: Profiles = { current: null, contexts: {} };

/**
 * A name that a context may have.
 * @throws SitewideError `BAD_REQUEST`.
 */
export function contextName(name: string): string {
  if (!contextNamePattern.test(name)) {
    const problem = `"${name}" cannot be the name of a context; allowed are up to 64 letters, digits and . _ @ -`;
    throw new SitewideError('BAD_REQUEST', { problem });
  }
  return name;
}

/**
 * The context of a name, or the current one.
 * @returns Null if none is named and none is current.
 * @throws SitewideError `CONTEXT_UNKNOWN`.
 */
export function contextOf(
  { current, contexts }: Profiles,
  name: string | null = current,
): { readonly name: string; readonly context: Context } | null {
  if (name === null) {
    return null;
  }
  const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (!context) {
    const known = Object.keys(contexts).join(', ') || 'none';
    throw new SitewideError('CONTEXT_UNKNOWN', { context: name, known });
  }
  return { name, context };
}
