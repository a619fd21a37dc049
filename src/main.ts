import { readFileSync } from 'node:fs';

import { Command, CommanderError } from 'commander';

import { exitCodeOfError, exitCodes } from './cli/exit-code.ts';
import { Interrupted } from './cli/interrupt.ts';
import { SitewideError } from './core/errors.ts';

// The program: it finds the command, loads that one only, and turns whatever goes wrong into one line and an exit code.

interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

const commands: Readonly<Record<string, CommandEntry>> = {
  demo: {
    summary: 'start whole sites on this machine, with simulated installations',
    load: async () => (await import('./commands/demo.ts')).demoCommand(),
  },
  serve: {
    summary: 'start a broker',
    load: async () => (await import('./commands/serve.ts')).serveCommand(),
  },
  simulate: {
    summary: 'start a simulated hypervisor manager',
    load: async () => (await import('./commands/simulate.ts')).simulateCommand(),
  },
  certs: {
    summary: 'issue, renew and revoke certificates of brokers',
    load: async () => (await import('./commands/certs/certs.ts')).certsCommand(),
  },
  token: {
    summary: 'make API tokens for machines',
    load: async () => (await import('./commands/token.ts')).tokenCommand(),
  },
  login: {
    summary: 'log in at the identity provider of your brokers',
    load: async () => (await import('./cli/login-command.ts')).loginCommand(),
  },
  logout: {
    summary: 'forget a login',
    load: async () => (await import('./cli/logout-command.ts')).logoutCommand(),
  },
  whoami: {
    summary: 'who you are to the brokers, and what your roles are',
    load: async () => (await import('./cli/whoami-command.ts')).whoamiCommand(),
  },
  context: {
    summary: 'keep the addresses, certificates and logins of several sites apart',
    load: async () => (await import('./cli/context-command.ts')).contextCommand(),
  },
  query: {
    summary: 'ask a broker',
    load: async () => (await import('./cli/query-command.ts')).queryCommand(),
  },
  vm: {
    summary: 'list virtual machines and change them',
    load: async () => (await import('./cli/vm-command.ts')).vmCommand(),
  },
  operation: {
    summary: 'list, follow and cancel operations',
    load: async () => (await import('./cli/operation-command.ts')).operationCommand(),
  },
  audit: {
    summary: 'read and verify who changed what',
    load: async () => (await import('./cli/audit-command.ts')).auditCommand(),
  },
  events: {
    summary: 'follow the changes of a site, or of all sites, live',
    load: async () => (await import('./cli/events-command.ts')).eventsCommand(),
  },
  site: {
    summary: 'list sites, their installations and their brokers',
    load: async () => (await import('./cli/site-command.ts')).siteCommand(),
  },
  schema: {
    summary: 'print the GraphQL schema',
    load: async () => (await import('./cli/schema-command.ts')).schemaCommand(),
  },
};

const examples = `
Examples:
  $ sitewide demo                            two sites of simulated installations, at http://127.0.0.1:4000/graphql
  $ sitewide query                           its first virtual machines
  $ sitewide vm list --federation            those of all sites that know each other
  $ sitewide vm stop web-01                  ask a guest to shut down, and follow that to its end
  $ sitewide serve --config broker.yml       a broker of your own

Every command explains itself: sitewide COMMAND --help`;

/** Runs the program. It sets the exit code of the process and does not throw. */
export async function main(argv: string[]): Promise<void> {
  // `sitewide query | head` ends when head has seen enough; that is no error.
  process.stdout.on('error', endOnBrokenPipe);
  process.stderr.on('error', ignoreBrokenPipe);
  try {
    const program = await createProgram(argv);
    await program.parseAsync(argv, { from: 'user' });
  } catch (thrown) {
    process.exitCode = report(thrown);
  }
}

/** Only the command asked for is loaded: `sitewide query` needs neither Apollo nor a driver. */
async function createProgram(argv: readonly string[]): Promise<Command> {
  const program = new Command('sitewide')
    .description('One GraphQL endpoint for all the virtualization you run.')
    .version(versionOfPackage())
    .exitOverride()
    .showHelpAfterError()
    .addHelpText('after', examples);
  const words = argv.filter((argument) => !argument.startsWith('-'));
  const wanted = words[0] === 'help' ? words[1] : words[0];
  for (const [name, { summary, load }] of Object.entries(commands)) {
    if (name === wanted) {
      const command = await load();
      program.addCommand(inheritSettings(command, program).summary(summary));
    } else {
      program.command(name).summary(summary);
    }
  }
  return program;
}

/** The command, and those below it, answers wrong use as the program does. */
function inheritSettings(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  command.commands.forEach((one) => inheritSettings(one, command));
  return command;
}

function versionOfPackage(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** Says what went wrong, once, and gives the exit code. */
function report(thrown: unknown): number {
  if (thrown instanceof CommanderError) {
    // Commander has printed it already. Help that was asked for is no error; help for want of a command is.
    return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  if (thrown instanceof Interrupted) {
    return thrown.exitCode;
  }
  if (thrown instanceof SitewideError) {
    const page = `docs/errors/${thrown.code}.md`;
    process.stderr.write(`error: ${thrown.message} (${thrown.code})\nsee ${page}\n`);
  } else {
    process.stderr.write(`error: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  }
  if (process.env['SITEWIDE_DEBUG']) {
    process.stderr.write(`${thrown instanceof Error ? thrown.stack : ''}\n`);
  }
  return exitCodeOfError(thrown);
}

/** Whoever read our output has gone. What runs on until it is told to end is told so; anything else is done. */
function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  ignoreBrokenPipe(error);
  if (process.listenerCount('SIGTERM') > 0) {
    process.kill(process.pid, 'SIGTERM');
  } else {
    process.exit();
  }
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') {
    throw error;
  }
}
