import { Command, Option } from 'commander';

import { ListSitesDocument, type ListSitesQuery } from '../../schema/generated/client.ts';
import { ask, conclude, dataOf, notFound, type Asker } from './ask.ts';
import { withConnection, type ConnectionOptions } from './connection.ts';
import { formatAnswer, formats, type Format } from './output/format.ts';
import { runAsker } from './run.ts';

// `sitewide site`: the sites as the asked broker sees them, with the way to each and the brokers behind it.

interface OutputOptions extends ConnectionOptions {
  readonly output: Format;
}

/** The command. */
export function siteCommand(): Command {
  return new Command('site')
    .description('List the sites, their installations and their brokers.')
    .addHelpText(
      'after',
      `
What is shown is the view of the broker that is asked: whom it knows, whether it reaches them and how fast they answer.

Examples:
  $ sitewide site list
  $ sitewide site show oslo -o wide

Exit codes: 0 ok · 1 error · 2 usage · 4 nobody answered · 5 not found · 8 not allowed · 130 interrupted`,
    )
    .addCommand(listCommand())
    .addCommand(showCommand());
}

function withOutput(command: Command): Command {
  return withConnection(command).addOption(
    new Option('-o, --output <format>', 'how to print it').choices(formats).default('table'),
  );
}

function listCommand(): Command {
  return withOutput(new Command('list'))
    .description('List the sites, that of the asked broker first.')
    .action((options: OutputOptions) =>
      runAsker(options, async (asker) => {
        const answer = await ask(asker, ListSitesDocument, {});
        const data = { sites: answer.data?.sites?.map(rowOf) ?? null };
        process.stdout.write(formatAnswer({ ...answer, data }, options.output));
        return conclude(answer);
      }),
    );
}

function showCommand(): Command {
  return withOutput(new Command('show'))
    .description('Show one site with every broker.')
    .argument('[site]', 'its id; by default that of the asked broker')
    .action((id: string | undefined, options: OutputOptions) => runAsker(options, (asker) => show(asker, id, options)));
}

async function show(asker: Asker, id: string | undefined, { output }: OutputOptions): Promise<number> {
  const answer = await ask(asker, ListSitesDocument, {});
  const sites = dataOf(answer).sites ?? [];
  const site = id === undefined ? sites[0] : sites.find((one) => one.id === id);
  if (!site) {
    throw notFound(`site "${id ?? ''}"; there are ${sites.map((one) => one.id).join(', ')}`);
  }
  process.stdout.write(formatAnswer({ ...answer, data: { site: detailsOf(site) } }, output));
  return conclude(answer);
}

type Site = NonNullable<ListSitesQuery['sites']>[number];

/** A site as one row: of its brokers, how many may be asked. */
function rowOf({ id, name, link, installations }: Site): Record<string, unknown> {
  const brokers = installations?.flatMap((installation) => installation.brokers ?? []) ?? [];
  const up = brokers.filter(({ state }) => state === 'SELF' || state === 'UP').length;
  return {
    id,
    name,
    link: link?.state ?? 'OWN',
    rttMs: round(link?.rttMs),
    p95Ms: round(link?.p95Ms),
    requestsPerSecond: round(link?.requestsPerSecond),
    bytesPerSecond: round(link?.bytesPerSecond),
    installations: installations?.map(({ localId }) => localId),
    brokersUp: `${up} of ${brokers.length}`,
  };
}

/** A row for each broker, and beside them the site and the way to it. */
function detailsOf({ installations, link, ...site }: Site): Record<string, unknown> {
  const nodes = installations?.flatMap(({ localId, driver, brokers }) =>
    (brokers ?? []).map(({ id, latencyMs, p95Ms, ...broker }) => ({
      installation: localId,
      id,
      driver,
      latencyMs: round(latencyMs),
      p95Ms: round(p95Ms),
      ...broker,
    })),
  );
  return { nodes, ...site, link };
}

/** Tenths are enough of milliseconds and of rates. */
function round(value: number | null | undefined): number | null {
  return value == null ? null : Math.round(value * 10) / 10;
}
