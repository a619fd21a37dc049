import { Command } from 'commander';

import { systemClock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import { note } from './ask.ts';
import { interruptible } from './interrupt.ts';
import { canLogIn } from './login/fresh-token.ts';
import type { LoginContext } from './login/issuer.ts';
import { visibleText } from './output/text.ts';
import { changedContext, withContext, withContextOptions, type ContextOptions } from './profile/context-options.ts';
import type { Context, Tokens } from './profile/profiles-schema.ts';
import { openProfileFile, profilePath } from './profile/profile-file.ts';
import { contextName } from './profile/context.ts';

// `sitewide login`: the user opens a page anywhere, says there that it is them, and this program gets tokens. They go into the
// file of contexts and nowhere else; no option prints them.

interface LoginOptions extends ContextOptions {
  readonly context?: string;
}

const defaultContext = 'default';

/** The command. */
export function loginCommand(): Command {
  return withContextOptions(new Command('login'))
    .description('Log in at the identity provider by its device flow, and keep the login in a context.')
    .option('--context <name>', 'the context that the login is for; by default the current one')
    .addHelpText(
      'after',
      `
What is said of a context stays there, so that the next login needs no options. Tokens are kept in the file of contexts
(~/.config/sitewide/config.yml, mode 0600), got anew before they expire, and never printed. Scripts use an API token
(sitewide token create --help) in SITEWIDE_TOKEN.

Examples:
  $ sitewide login --issuer https://id.example.org --client-id sitewide-cli --endpoint https://broker:4000/graphql
  $ sitewide login --context oslo

Exit codes: 0 ok · 1 error · 2 usage · 8 not let in · 130 interrupted`,
    )
    .action(async (options: LoginOptions) => {
      await interruptible((signal) => logIn(options, signal));
    });
}

async function logIn(options: LoginOptions, signal: AbortSignal): Promise<void> {
  const file = openProfileFile(profilePath(process.env), systemClock);
  const profiles = await file.read();
  const name = contextName(options.context ?? profiles.current ?? defaultContext);
  const changed = (context: Context | undefined): Context => changedContext(context ?? {}, options);
  const context = changed(profiles.contexts[name]);
  if (!canLogIn(context)) {
    const problem = `context "${name}" does not say where to log in: give --issuer and --client-id`;
    throw new SitewideError('BAD_REQUEST', { problem });
  }
  const tokens = await askUser(context, signal);
  await file.change(
    (latest) =>
      Promise.resolve({
        profiles: withContext(latest, name, { ...changed(latest.contexts[name]), tokens }),
        result: null,
      }),
    signal,
  );
  note(`Logged in: context "${name}", ${lifeOf(tokens)}.`);
  if (profiles.current !== null && profiles.current !== name) {
    note(`The current context is "${profiles.current}" still: sitewide context use ${name}`);
  }
}

async function askUser(context: LoginContext, signal: AbortSignal): Promise<Tokens> {
  // Loaded only for those who log in.
  const { openIssuer } = await import('./login/issuer.ts');
  const issuer = await openIssuer(context, systemClock, signal);
  const login = await issuer.begin();
  const { verification_uri: page, verification_uri_complete: whole, user_code: code } = login;
  note(visibleText(`Open ${whole ?? page} in a browser, and enter the code ${code} there if you are asked for it.`));
  note('Waiting for you to log in there (Ctrl-C to give up) ...');
  return issuer.wait(login);
}

/** How long a login lasts, in words. */
export function lifeOf({ expiresAt, refreshToken }: Pick<Tokens, 'expiresAt' | 'refreshToken'>): string {
  const until = expiresAt === null ? 'good until it is refused' : `good until ${expiresAt}`;
  return refreshToken === null ? until : `${until} and renewed by itself`;
}
