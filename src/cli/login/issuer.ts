import * as oidc from 'openid-client';

import type { Clock } from '../../core/clock.ts';
import { messageOf, SitewideError } from '../../core/errors.ts';
import { visibleText } from '../output/text.ts';
import type { Context, Tokens } from '../profile/profiles-schema.ts';
import { isLoopback } from '../safe-endpoint.ts';
import { trusting } from '../trust.ts';

// What an identity provider is asked: to let somebody in by the device flow (RFC 8628), for new tokens, and to forget old
// ones. What it answers holds tokens; nothing of it gets into an error but what it says went wrong.

/** An identity provider. Everything throws SitewideError `LOGIN_FAILED`, or the signal's reason. */
export interface Issuer {
  /** Begins a login. */
  begin(): Promise<DeviceLogin>;
  /** Waits until the user has done what `begin` gave them to do. */
  wait(login: DeviceLogin): Promise<Tokens>;
  /** New tokens. Null if the user has to log in again. */
  refresh(refreshToken: string): Promise<Tokens | null>;
  /** Makes a refresh token worthless; false if the issuer does not offer that. */
  revoke(refreshToken: string): Promise<boolean>;
}

/** What a user has to do to log in. */
type DeviceLogin = Awaited<ReturnType<typeof oidc.initiateDeviceAuthorization>>;

/** A context that says where to log in. */
export interface LoginContext extends Context {
  readonly issuer: string;
  readonly clientId: string;
}

/** How long one answer of an issuer may take, in seconds. */
const answerSeconds = 10;

/** Finds out how an issuer is asked. */
export async function openIssuer(context: LoginContext, clock: Clock, signal: AbortSignal): Promise<Issuer> {
  const { issuer, clientId, resource, scope = 'openid offline_access' } = context;
  const failing = <Result>(run: () => Promise<Result>): Promise<Result> => orFailed(issuer, signal, run);
  const configuration = await failing(() => discover(context, signal));
  const wanted = { ...(resource !== undefined && { resource }) };
  return {
    // Some issuers give a refresh token only if the user is asked for consent to it.
    begin: () =>
      failing(() => oidc.initiateDeviceAuthorization(configuration, { scope, prompt: 'consent', ...wanted })),
    wait: (login) =>
      failing(async () => {
        const answer = await oidc.pollDeviceAuthorizationGrant(configuration, login, wanted, {
          signal: AbortSignal.any([signal, AbortSignal.timeout(login.expires_in * 1_000)]),
        });
        return tokensOf(answer, { context, clock, before: null });
      }),
    refresh: (before) =>
      failing(async () => {
        try {
          return tokensOf(await oidc.refreshTokenGrant(configuration, before, wanted), { context, clock, before });
        } catch (thrown) {
          if (thrown instanceof oidc.ResponseBodyError && thrown.error === 'invalid_grant') {
            return null;
          }
          throw thrown;
        }
      }),
    async revoke(refreshToken) {
      if (configuration.serverMetadata().revocation_endpoint === undefined) {
        return false;
      }
      await failing(() => oidc.tokenRevocation(configuration, refreshToken, { client_id: clientId }));
      return true;
    },
  };
}

async function discover({ issuer, clientId, ca }: LoginContext, signal: AbortSignal): Promise<oidc.Configuration> {
  const url = new URL(issuer);
  const { fetch } = ca === undefined ? globalThis : await trusting(ca, true);
  return oidc.discovery(url, clientId, undefined, oidc.None(), {
    timeout: answerSeconds,
    // In the clear only to this machine, where nobody reads along.
    execute: url.protocol === 'http:' && isLoopback(url.hostname) ? [oidc.allowInsecureRequests] : [],
    [oidc.customFetch]: (address, { signal: own, ...options }) =>
      fetch(address, { ...(options as RequestInit), signal: own ? AbortSignal.any([own, signal]) : signal }),
  });
}

interface Reading {
  readonly context: LoginContext;
  readonly clock: Clock;
  /** Stays good if the issuer sends no other one. */
  readonly before: string | null;
}

function tokensOf(
  answer: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
  { context, clock, before }: Reading,
): Tokens {
  const token = context.idToken === true ? answer.id_token : answer.access_token;
  if (token === undefined) {
    throw new Error('it gave no ID token; the scope needs "openid"');
  }
  const expiresAtMs = context.idToken === true ? claimedExpiry(answer) : promisedExpiry(answer, clock);
  const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString();
  return { token, expiresAt, refreshToken: answer.refresh_token ?? before };
}

/** In milliseconds since 1970; null if nobody says. */
function claimedExpiry(answer: oidc.TokenEndpointResponseHelpers): number | null {
  const expiry = answer.claims()?.exp;
  return expiry === undefined ? null : expiry * 1_000;
}

function promisedExpiry(answer: oidc.TokenEndpointResponseHelpers, clock: Clock): number | null {
  const seconds = answer.expiresIn();
  return seconds === undefined ? null : clock.now() + seconds * 1_000;
}

async function orFailed<Result>(issuer: string, signal: AbortSignal, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (thrown) {
    signal.throwIfAborted();
    throw new SitewideError('LOGIN_FAILED', { issuer, problem: visibleText(problemOf(thrown)) });
  }
}

/** The cause is not kept: it may hold what the issuer sent. */
function problemOf(thrown: unknown): string {
  if (thrown instanceof oidc.ResponseBodyError) {
    const { error, error_description: description } = thrown;
    return description === undefined ? error : `${error}, ${description}`;
  }
  const { name, cause } = thrown as { readonly name?: string; readonly cause?: unknown };
  if (name === 'TimeoutError') {
    return 'nobody has logged in in time';
  }
  return cause instanceof Error && cause.message !== '' ? `${messageOf(thrown)}: ${cause.message}` : messageOf(thrown);
}
