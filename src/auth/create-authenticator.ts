import { createHash } from 'node:crypto';

import type { LocalJWKSet } from 'jose';
import { LRUCache } from 'lru-cache';

import type { AuthConfig } from '../config/auth-schema.ts';
import { watchFiles } from '../config/watch-files.ts';
import type { Clock } from '../core/clock.ts';
import { anonymous, type Principal } from '../model/principal.ts';
import type { Logger } from '../telemetry/logger.ts';
import { apiTokenStart } from './api-token.ts';
import { type ApiTokens, openApiTokens } from './api-tokens.ts';
import type { Authenticator } from './authenticator.ts';
import { createIssuerKeys } from './issuer-keys.ts';
import { refuseToken } from './token-refusal.ts';
import { groupsOf, subjectOf } from './token-subject.ts';
import { type Issuer, verifyToken } from './verify-token.ts';

// Knows users by signed tokens of issuers, and machines by API tokens. What was verified once is remembered by the hash of
// the token, until it expires or the keys of its issuer change.

interface AuthenticatorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fetch?: typeof globalThis.fetch;
}

/** An authenticator that is at work. Disposing ends the watch of its files. */
export type RunningAuthenticator = Authenticator & AsyncDisposable;

/** So many verified tokens are remembered: of more users than a broker has at a time. */
const mostRemembered = 10_000;
/** The longest token, in characters: node takes headers of 16 KiB. */
const longestToken = 16_384;

interface Remembered {
  readonly principal: Principal;
  readonly expiresAt: number;
  readonly issuer: Issuer;
  /** What it was verified with. */
  readonly keys: LocalJWKSet;
}

interface State {
  readonly config: AuthConfig;
  readonly clock: Clock;
  readonly issuers: ReadonlyMap<string, Issuer>;
  readonly apiTokens: ApiTokens | null;
  readonly remembered: LRUCache<string, Remembered>;
}

/**
 * The authenticator of a configuration. An issuer that is away does not keep it from starting.
 * @throws SitewideError `CONFIG_INVALID` if the file of API tokens cannot be read.
 */
export function createAuthenticator(config: AuthConfig, options: AuthenticatorOptions): RunningAuthenticator {
  const { clock, logger, fetch = globalThis.fetch } = options;
  const { tokensFile } = config;
  const running = new AsyncDisposableStack();
  const apiTokens = tokensFile === undefined ? null : running.use(openApiTokens({ file: tokensFile, clock, logger }));
  const issuers = new Map<string, Issuer>();
  for (const issuer of config.issuers) {
    const keys = createIssuerKeys({ issuer, clock, logger, fetch });
    issuers.set(issuer.issuer, { config: issuer, keys });
    const { jwksFile } = issuer;
    // Before the first user comes, so that nobody waits for it.
    keys.refresh();
    if (jwksFile !== undefined) {
      running.use(watchFiles({ files: () => [jwksFile], clock, read: async () => keys.change() }));
    }
  }
  const state: State = { config, clock, issuers, apiTokens, remembered: new LRUCache({ max: mostRemembered }) };
  return {
    authenticate: (authorization, signal) => authenticate(state, authorization, signal),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function authenticate(
  state: State,
  authorization: string | undefined,
  signal: AbortSignal,
): Principal | Promise<Principal> {
  if (authorization === undefined) {
    if (state.config.anonymous === 'read') {
      return anonymous;
    }
    throw refuseToken('TOKEN_REQUIRED', 'it came without a token');
  }
  const token = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization)?.[1];
  if (token === undefined || token.length > longestToken) {
    throw refuseToken('TOKEN_MALFORMED', 'the header "authorization" is not "Bearer" and a token');
  }
  if (state.apiTokens && token.startsWith(apiTokenStart)) {
    return state.apiTokens.principalOf(token);
  }
  return recall(state, token) ?? verify(state, token, signal);
}

function recall({ remembered, clock }: State, token: string): Principal | null {
  const known = remembered.get(digestOf(token));
  // One that has expired is verified again, so that it is refused as such.
  const isInForce = known !== undefined && clock.now() < known.expiresAt && known.keys === known.issuer.keys.inForce;
  if (!isInForce) {
    return null;
  }
  known.issuer.keys.refresh();
  return known.principal;
}

async function verify(state: State, token: string, signal: AbortSignal): Promise<Principal> {
  const { issuer, keys, claims, expiresAt } = await verifyToken(token, state, signal);
  const { config } = issuer;
  const principal = {
    subject: subjectOf(claims, config),
    groups: groupsOf(claims, config),
    site: null,
    expiresAt,
  };
  state.remembered.set(digestOf(token), { principal, expiresAt, issuer, keys });
  return principal;
}

/** Tokens are not kept, so that nothing that looks into this process finds them in one place. */
function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
