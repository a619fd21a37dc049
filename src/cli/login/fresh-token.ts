import type { GetToken } from '../../client/token.ts';
import type { Clock } from '../../core/clock.ts';
import { SitewideError } from '../../core/errors.ts';
import { contextOf } from '../profile/context.ts';
import type { Context, Tokens } from '../profile/profiles-schema.ts';
import type { ProfileFile } from '../profile/profile-file.ts';
import type { LoginContext } from './issuer.ts';

// The token of a context, got anew before it expires. The file is locked meanwhile: an issuer that gives a new refresh token
// each time takes the old one once, so that two commands must not both come with it.

interface FreshOptions {
  readonly file: ProfileFile;
  /** The context's name. */
  readonly name: string;
  readonly context: Context;
  readonly clock: Clock;
}

/** A token is replaced so long before it expires that the request that it is sent with still arrives, in milliseconds. */
const earlyMs = 30_000;

/** Gives the token of a context, a fresh one if it is about to expire; null if nobody is logged in there. */
export function freshToken({ file, name, context, clock }: FreshOptions): GetToken {
  let { tokens } = context;
  return async (signal) => {
    if (tokens !== undefined && leftMs(tokens, clock) < earlyMs) {
      tokens = await renewed({ file, name, context, clock }, tokens, signal);
    }
    return tokens?.token ?? null;
  };
}

/** True if a context says where to log in. */
export function canLogIn(context: Context): context is LoginContext {
  return context.issuer !== undefined && context.clientId !== undefined;
}

function leftMs({ expiresAt }: Tokens, clock: Clock): number {
  return expiresAt === null ? Infinity : Date.parse(expiresAt) - clock.now();
}

async function renewed(options: FreshOptions, held: Tokens, signal: AbortSignal): Promise<Tokens> {
  const { file, clock } = options;
  if (held.refreshToken === null) {
    return orLogin(options, held, 'its token has expired, and the issuer gave none to get another one for');
  }
  try {
    return await file.change(async (profiles) => {
      const { context } = contextOf(profiles, options.name)!;
      if (context.tokens !== undefined && leftMs(context.tokens, clock) >= earlyMs) {
        // Another command has been here meanwhile.
        return { profiles: null, result: context.tokens };
      }
      const tokens = await refreshed({ ...options, context }, signal);
      const contexts = { ...profiles.contexts, [options.name]: { ...context, tokens } };
      return { profiles: { ...profiles, contexts }, result: tokens };
    }, signal);
  } catch (thrown) {
    // An issuer that is away for a moment harms nobody whose token is good.
    if (thrown instanceof SitewideError && thrown.code === 'LOGIN_FAILED' && leftMs(held, clock) > 0) {
      return held;
    }
    throw thrown;
  }
}

async function refreshed(options: FreshOptions, signal: AbortSignal): Promise<Tokens> {
  const { context, clock } = options;
  const { tokens } = context;
  if (!canLogIn(context) || tokens === undefined || tokens.refreshToken === null) {
    throw loginRequired(options, 'somebody has logged out');
  }
  const { openIssuer } = await import('./issuer.ts');
  const issuer = await openIssuer(context, clock, signal);
  return (
    (await issuer.refresh(tokens.refreshToken)) ?? orLogin(options, tokens, 'the issuer gives no new token for it')
  );
}

/** What is held, as long as it is good. */
function orLogin(options: FreshOptions, held: Tokens, problem: string): Tokens {
  if (leftMs(held, options.clock) > 0) {
    return held;
  }
  throw loginRequired(options, problem);
}

function loginRequired({ name }: FreshOptions, problem: string): SitewideError {
  return new SitewideError('LOGIN_REQUIRED', { context: name, problem });
}
