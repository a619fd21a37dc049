import { InvalidArgumentError, Option, type Command } from 'commander';

import { createRowLists, type RowLists } from '../client/row-lines.ts';
import { createStreams, type Streams } from '../client/stream.ts';
import { createTransport, type Transport } from '../client/transport.ts';
import { systemClock } from '../core/clock.ts';
import { targetOf, withCredentials, type CredentialOptions } from './credentials.ts';
import { trusting } from './trust.ts';

// How a client command reaches brokers: the options that all of them have, and what those give.

const defaultEndpoint = 'http://127.0.0.1:4000/graphql';

/** The options of every client command. */
export interface ConnectionOptions extends CredentialOptions {
  readonly endpoint?: readonly string[];
  readonly timeout?: number;
  /** True: ask for all sites, not only for that of the broker. */
  readonly federation?: boolean;
}

/** The ways to the brokers. */
export interface Connection {
  readonly transport: Transport;
  readonly streams: Streams;
  readonly rows: RowLists;
}

/** Adds the options to a command. */
export function withConnection(command: Command): Command {
  return withCredentials(command)
    .addOption(
      new Option('-e, --endpoint <url>', 'the address of a broker; repeat it for others to fall back on')
        .argParser(collectEndpoint)
        .env('SITEWIDE_ENDPOINT'),
    )
    .option('--federation', 'ask for all sites that know each other, not only for the one of the broker', false)
    .option('--timeout <ms>', 'how long an answer may take, in milliseconds', parseTimeout);
}

/** Opens what the options say; nothing is connected before it is used. Throws as `targetOf` and `trusting`. */
export async function connectTo(options: ConnectionOptions): Promise<Connection> {
  const { endpoints, ca, token } = await targetOf(options, defaultEndpoint, systemClock);
  const reach = ca === null ? {} : await trusting(ca);
  const reached = {
    endpoints: options.federation === true ? endpoints.map(federationAt) : endpoints,
    clock: systemClock,
    ...(token !== null && { token }),
    ...reach,
  };
  return { transport: createTransport(reached), streams: createStreams(reached), rows: createRowLists(reached) };
}

/**
 * Where the broker behind this address answers for all sites: `…/federation/graphql` beside `…/graphql`. What a proxy puts
 * before that path stays.
 */
export function federationAt(endpoint: string): string {
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/(\/(installation|federation))?\/graphql\/?$|\/$/, '')}/federation/graphql`;
  return url.href;
}

/** One address, or several separated by commas, as an environment variable has them. */
export function collectEndpoint(text: string, sofar: readonly string[] | undefined): readonly string[] {
  const urls = text.split(',').map((url) => url.trim());
  for (const url of urls) {
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
      throw new InvalidArgumentError(`"${url}" is not an http address such as ${defaultEndpoint}.`);
    }
  }
  return [...(sofar ?? []), ...urls];
}

function parseTimeout(text: string): number {
  const milliseconds = Number(text);
  if (!Number.isInteger(milliseconds) || milliseconds < 1 || milliseconds > 600_000) {
    throw new InvalidArgumentError('It must be a whole number of milliseconds from 1 to 600000.');
  }
  return milliseconds;
}
