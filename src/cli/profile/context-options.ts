import { resolve } from 'node:path';

import { Option, type Command } from 'commander';

import { collectEndpoint } from '../connection.ts';
import type { Context, Profiles } from './profiles-schema.ts';

// The options that say what is in a context, for all commands that write one.

/** What may be said about a context. */
export interface ContextOptions {
  readonly endpoint?: readonly string[];
  readonly ca?: string;
  readonly issuer?: string;
  readonly clientId?: string;
  readonly scope?: string;
  readonly resource?: string;
  readonly idToken?: boolean;
}

/** Adds the options to a command. */
export function withContextOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-e, --endpoint <url>', 'the address of a broker; repeat it for others').argParser(collectEndpoint),
    )
    .option('--ca <file>', 'trust the brokers by these certificates (PEM); the issuer may have one of them as well')
    .option('--issuer <url>', 'the identity provider, as the brokers have it in auth.issuers')
    .option('--client-id <id>', 'what this program is called there; it must be a public client with the device flow')
    .option('--scope <scope>', 'what to ask for, by default "openid offline_access"')
    .option('--resource <uri>', 'for whom the token is, for issuers that want to know (RFC 8707)')
    .option('--id-token', 'show the ID token to brokers, for issuers whose access tokens only they can read')
    .option('--no-id-token', 'show the access token, as is usual');
}

/** A context with what the options say. A login is for one client of one issuer: with another one it is no more. */
export function changedContext(context: Context, options: ContextOptions): Context {
  const { endpoint, ca, issuer, clientId, scope, resource, idToken } = options;
  const next: Context = {
    ...context,
    ...(endpoint && { endpoints: [...endpoint] }),
    ...(ca !== undefined && { ca: resolve(ca) }),
    ...(issuer !== undefined && { issuer }),
    ...(clientId !== undefined && { clientId }),
    ...(scope !== undefined && { scope }),
    ...(resource !== undefined && { resource }),
    ...(idToken !== undefined && { idToken }),
  };
  if (next.issuer === context.issuer && next.clientId === context.clientId) {
    return next;
  }
  const { tokens: _, ...others } = next;
  return others;
}

/** Contexts with one that is new or different. The first of all is the current one. */
export function withContext({ current, contexts }: Profiles, name: string, context: Context): Profiles {
  return { current: current ?? name, contexts: { ...contexts, [name]: context } };
}
