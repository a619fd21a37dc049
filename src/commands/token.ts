import { randomBytes } from 'node:crypto';

import { Command } from 'commander';

import { apiTokenProblems, makeApiToken, timeOf } from '../auth/api-token.ts';

// `sitewide token`: secrets for machines.

/** The command. */
export function tokenCommand(): Command {
  const command = new Command('token').description('Make API tokens for machines.');
  command
    .command('create')
    .description('Make an API token. Its secret is printed once and kept nowhere.')
    .requiredOption('--id <id>', 'what it is called; who shows it is "token:ID"')
    .option('--group <group>', 'a group that it belongs to; repeat it for others', collect, [])
    .requiredOption('--expires <time>', 'when it expires, for example 2027-01-31 or 2027-01-31T18:00:00Z; or "never"')
    .addHelpText(
      'after',
      `
The first line is the token, to be sent as "authorization: Bearer TOKEN". The second one belongs into the file that
auth.tokensFile names, at every broker that is to take the token; it holds a hash of the token only.

Examples:
  $ sitewide token create --id nightly-report --group auditors --expires 2027-01-31
  $ sitewide token create --id autoscaler --group operators --expires never`,
    )
    .action(({ id, group, expires }: { id: string; group: readonly string[]; expires: string }) => {
      const wanted = { id, groups: group, expiresAt: timeOf(expires) };
      const problems = apiTokenProblems(wanted);
      if (problems.length > 0) {
        command.error(`error: ${problems.join('; ')}`);
      }
      const { secret, line } = makeApiToken(wanted, randomBytes);
      process.stdout.write(`${secret}\n${line}\n`);
    });
  return command;
}

function collect(value: string, sofar: readonly string[]): readonly string[] {
  return [...sofar, value];
}
