import { Command, Option } from 'commander';

import { systemClock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import { note } from './ask.ts';
import { interruptible } from './interrupt.ts';
import { lifeOf } from './login-command.ts';
import { formatAnswer, formats, type Format } from './output/format.ts';
import { changedContext, withContext, withContextOptions, type ContextOptions } from './profile/context-options.ts';
import { contextName, contextOf } from './profile/context.ts';
import type { Context, Profiles } from './profile/profiles-schema.ts';
import { openProfileFile, profilePath, type ProfileFile } from './profile/profile-file.ts';

// `sitewide context`: several sites and logins side by side, as kubectl has them. What it shows of a login is that there is one.

interface OutputOptions {
  readonly output: Format;
}

/** The command. */
export function contextCommand(): Command {
  return new Command('context')
    .description('Keep the addresses, certificates and logins of several sites apart.')
    .addHelpText(
      'after',
      `
A context has the addresses of brokers, the certificates that they are trusted by, where to log in, and the login. Every
command uses the current one, or that of --context. The file is ~/.config/sitewide/config.yml, or what SITEWIDE_CONFIG
names; it is for its owner alone (mode 0600) and refused if others may read it.

Examples:
  $ sitewide context set lyon --endpoint https://broker-1:4000/graphql --ca ca.crt
  $ sitewide context use lyon
  $ sitewide context list

Exit codes: 0 ok · 1 error · 2 usage or no such context`,
    )
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(useCommand())
    .addCommand(setCommand())
    .addCommand(deleteCommand());
}

function withOutput(command: Command): Command {
  return command.addOption(new Option('-o, --output <format>', 'how to print it').choices(formats).default('table'));
}

function listCommand(): Command {
  return withOutput(new Command('list'))
    .description('List the contexts.')
    .action(async ({ output }: OutputOptions) => {
      const { current, contexts } = await profileFile().read();
      const rows = Object.entries(contexts).map(([name, context]) => ({
        current: name === current ? '*' : '',
        ...rowOf(name, context),
      }));
      print({ contexts: rows }, output);
    });
}

function showCommand(): Command {
  return withOutput(new Command('show'))
    .description('Show a context, by default the current one.')
    .argument('[name]')
    .action(async (name: string | undefined, { output }: OutputOptions) => {
      const found = contextOf(await profileFile().read(), name);
      if (found === null) {
        throw new SitewideError('CONTEXT_UNKNOWN', { context: 'current', known: 'none' });
      }
      const { ca = null, scope = null, resource = null, idToken = false } = found.context;
      print({ context: { ...rowOf(found.name, found.context), ca, scope, resource, idToken } }, output);
    });
}

function useCommand(): Command {
  return new Command('use')
    .description('Make a context the current one.')
    .argument('<name>')
    .action((name: string) =>
      change(
        (profiles) => ({ ...profiles, current: contextOf(profiles, name)!.name }),
        `"${name}" is used from now on.`,
      ),
    );
}

function setCommand(): Command {
  return withContextOptions(new Command('set'))
    .description('Make a context, or change it. What is not given stays as it is.')
    .argument('<name>')
    .action((name: string, options: ContextOptions) =>
      change(
        (profiles) => withContext(profiles, contextName(name), changedContext(profiles.contexts[name] ?? {}, options)),
        `Context "${name}" is kept.`,
      ),
    );
}

function deleteCommand(): Command {
  return new Command('delete')
    .description('Delete a context with its login. "sitewide logout" makes the login worthless at its issuer as well.')
    .argument('<name>')
    .action((name: string) =>
      change(({ current, contexts }) => {
        contextOf({ current, contexts }, name);
        const { [name]: _, ...others } = contexts;
        return { current: current === name ? null : current, contexts: others };
      }, `Context "${name}" is deleted.`),
    );
}

function profileFile(): ProfileFile {
  return openProfileFile(profilePath(process.env), systemClock);
}

async function change(decide: (profiles: Profiles) => Profiles, done: string): Promise<void> {
  await interruptible((signal) =>
    profileFile().change(
      (profiles) => Promise.resolve().then(() => ({ profiles: decide(profiles), result: null })),
      signal,
    ),
  );
  note(done);
}

function rowOf(name: string, context: Context): object {
  const { endpoints = [], issuer = null, clientId = null, tokens } = context;
  return { name, endpoints, issuer, clientId, login: tokens ? lifeOf(tokens) : null };
}

function print(data: Readonly<Record<string, unknown>>, output: Format): void {
  process.stdout.write(formatAnswer({ data, errors: [], extensions: {}, endpoint: '', status: 200 }, output));
}
