import { Command, Option } from 'commander';

import { WhoAmIDocument } from '../../schema/generated/client.ts';
import { ask, conclude } from './ask.ts';
import { withConnection, type ConnectionOptions } from './connection.ts';
import { formatAnswer, formats, type Format } from './output/format.ts';
import { runAsker } from './run.ts';

// `sitewide whoami`: who somebody is, as the brokers see it, which is what counts.

interface WhoAmIOptions extends ConnectionOptions {
  readonly output: Format;
}

/** The command. */
export function whoamiCommand(): Command {
  return withConnection(new Command('whoami'))
    .description('Say who you are to the brokers: your name, your groups, and your roles at each installation.')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(formats).default('table'))
    .addHelpText(
      'after',
      `
Examples:
  $ sitewide whoami
  $ sitewide whoami --context oslo -o json

Exit codes: 0 ok · 1 error · 2 usage · 3 partial answer · 4 nobody answered · 8 not let in · 130 interrupted`,
    )
    .action((options: WhoAmIOptions) =>
      runAsker(options, async (asker) => {
        const answer = await ask(asker, WhoAmIDocument, {});
        process.stdout.write(formatAnswer(answer, options.output));
        return conclude(answer);
      }),
    );
}
