import { Option, type Command } from 'commander';

import type { GetToken } from '../client/token.ts';
import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import { freshToken } from './login/fresh-token.ts';
import { contextOf } from './profile/context.ts';
import type { Context } from './profile/profiles-schema.ts';
import { openProfileFile, profilePath } from './profile/profile-file.ts';
import { requireSafe } from './safe-endpoint.ts';

// Whom a client command asks, by whose certificates it knows them, and what it shows them: by its options, or else by a
// context of the user.

/** The options of every command that asks brokers. */
export interface CredentialOptions {
  readonly context?: string;
  readonly token?: string;
  readonly ca?: string;
}

/** Whom to ask, and how. */
export interface Target {
  readonly endpoints: readonly string[];
  /** The file with the certificates that are trusted; null: whom Node trusts. */
  readonly ca: string | null;
  /** Null to ask as nobody. */
  readonly token: GetToken | null;
}

interface Asked extends CredentialOptions {
  readonly endpoint?: readonly string[];
}

/** Adds the options to a command. */
export function withCredentials(command: Command): Command {
  return command
    .addOption(new Option('--context <name>', 'the context to use instead of the current one').env('SITEWIDE_CONTEXT'))
    .addOption(new Option('--token <token>', 'the token to show instead of that of a login').env('SITEWIDE_TOKEN'))
    .addOption(
      new Option('--ca <file>', 'trust the brokers by these certificates (PEM) and no others').env('SITEWIDE_CA'),
    );
}

/**
 * Decides whom to ask with what.
 * @throws SitewideError `CONFIG_INVALID`, `CONTEXT_UNKNOWN`, `TOKEN_MALFORMED` or `ENDPOINT_UNSAFE`.
 */
export async function targetOf(asked: Asked, fallback: string, clock: Clock): Promise<Target> {
  const file = openProfileFile(profilePath(process.env), clock);
  const found = contextOf(await file.read(), asked.context || undefined);
  const used = found !== null && speaksFor(found.context, asked) ? found : null;
  const endpoints = asked.endpoint ?? used?.context.endpoints ?? [fallback];
  const token = givenToken(asked) ?? (used?.context.tokens ? freshToken({ file, clock, ...used }) : null);
  if (token !== null) {
    requireSafe(endpoints);
  }
  return { endpoints, ca: asked.ca || used?.context.ca || null, token };
}

/** The current context's token is for its own brokers. Only who names the context wants to show it to others as well. */
function speaksFor({ endpoints = [] }: Context, { endpoint, context }: Asked): boolean {
  const own = new Set(endpoints.map((url) => new URL(url).origin));
  return Boolean(context) || endpoint === undefined || endpoint.every((url) => own.has(new URL(url).origin));
}

/** Looked at here, because what cannot be a header would stand in the error of whoever tries to send it. */
function givenToken({ token }: CredentialOptions): GetToken | null {
  if (!token) {
    return null;
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new SitewideError('TOKEN_MALFORMED', {});
  }
  return () => Promise.resolve(token);
}
