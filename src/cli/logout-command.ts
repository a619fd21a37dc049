import { Command } from 'commander';

import { systemClock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import { note } from './ask.ts';
import { exitCodes } from './exit-code.ts';
import { interruptible } from './interrupt.ts';
import { canLogIn } from './login/fresh-token.ts';
import { contextOf } from './profile/context.ts';
import type { Context } from './profile/profiles-schema.ts';
import { openProfileFile, profilePath } from './profile/profile-file.ts';

// `sitewide logout`: the tokens of a context are forgotten here first, whatever happens then, and made worthless at the issuer.

/** The command. */
export function logoutCommand(): Command {
  return new Command('logout')
    .description('Forget the login of a context, and make it worthless at the identity provider.')
    .option('--context <name>', 'the context; by default the current one')
    .addHelpText(
      'after',
      `
A token that a broker has been shown is good until it expires, unless the identity provider and the broker agree on
something else; nothing new is got for it any more.

Exit codes: 0 ok · 1 error · 2 usage · 8 the identity provider did not revoke it; it is forgotten here all the same`,
    )
    .action(async ({ context }: { readonly context?: string }) => {
      process.exitCode = await interruptible((signal) => logOut(context, signal));
    });
}

async function logOut(named: string | undefined, signal: AbortSignal): Promise<number> {
  const file = openProfileFile(profilePath(process.env), systemClock);
  const before = await file.change((profiles) => {
    const found = contextOf(profiles, named);
    if (found?.context.tokens === undefined) {
      return Promise.resolve({ profiles: null, result: null });
    }
    const { tokens: _, ...others } = found.context;
    const contexts = { ...profiles.contexts, [found.name]: others };
    return Promise.resolve({ profiles: { ...profiles, contexts }, result: found });
  }, signal);
  if (before === null) {
    note('Nobody is logged in there.');
    return exitCodes.ok;
  }
  const problem = await revoke(before.context, signal);
  note(`Logged out: context "${before.name}".`);
  if (problem !== null) {
    note(`error: the login may be good elsewhere until it expires: ${problem}`);
    return exitCodes.notAllowed;
  }
  return exitCodes.ok;
}

/** What keeps the refresh token from being worthless; null if it is. */
async function revoke(context: Context, signal: AbortSignal): Promise<string | null> {
  const refreshToken = context.tokens?.refreshToken ?? null;
  if (refreshToken === null || !canLogIn(context)) {
    return null;
  }
  try {
    const { openIssuer } = await import('./login/issuer.ts');
    const issuer = await openIssuer(context, systemClock, signal);
    return (await issuer.revoke(refreshToken)) ? null : 'the identity provider revokes nothing';
  } catch (thrown) {
    if (thrown instanceof SitewideError && thrown.code === 'LOGIN_FAILED') {
      return thrown.message;
    }
    throw thrown;
  }
}
