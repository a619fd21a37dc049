import { randomUUID } from 'node:crypto';

import { Command } from 'commander';

import { loadConfig } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { createLogger } from '../telemetry/logger.ts';
import { startBroker } from './broker.ts';
import { followConfig } from './follow-config.ts';
import { openDatabase } from './serve-database.ts';
import { untilAskedToStop } from './stop.ts';

// `sitewide serve`: one broker, until it is told to stop.

/** A database server that recovers from a crash may take a while. */
const startTimeoutMs = 60_000;

/** The command. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Run one broker of an installation.')
    .requiredOption('-c, --config <file>', 'the YAML file with the configuration of this broker')
    .addHelpText(
      'after',
      `
The broker answers at
  /graphql                for its whole site: its own installation and every other one, merged
  /installation/graphql   for its own installation
  /health/live, /health/ready
  /metrics                for Prometheus

A change of the site, of other sites, of roles or of certificates in its files comes into force at once, and SIGHUP has
them read again; everything else takes a restart.
It keeps what must not be lost in the PostgreSQL database of its installation, which "database.url" or DATABASE_URL names.
Only a broker that is alone in front of its installation may do without: it runs a server of its own, with its data under
.sitewide in the present folder.
SIGTERM or SIGINT: it takes nothing new, finishes what is under way, and ends.

Examples:
  $ sitewide serve --config examples/libvirt-site/broker-a-1.yml
  $ SITEWIDE_LOG_LEVEL=debug sitewide serve --config broker.yml`,
    )
    .action(async ({ config: file }: { config: string }) => {
      await serve(file);
    });
}

async function serve(file: string): Promise<void> {
  const loaded = await loadConfig(file, process.env);
  const { installation, broker } = loaded;
  const logger = createLogger({ level: loaded.log.level, installation, broker });
  const options = { clock: systemClock, random: Math.random, newId: randomUUID, logger };
  const { config, server } = await openDatabase(loaded, options, AbortSignal.timeout(startTimeoutMs));
  // Disposed after the broker, which uses it to the last.
  await using _database = server;
  await using running = await startBroker(config, options);
  logger.info({ url: running.address.url, site: config.site.id }, 'The broker listens.');
  await using following = followConfig(config, { ...running, ...options, env: process.env });
  const reload = (): void => {
    logger.info({}, 'SIGHUP: the configuration is read again.');
    following.reload();
    running.keyring?.look();
  };
  process.on('SIGHUP', reload);
  const reason = await untilAskedToStop();
  process.off('SIGHUP', reload);
  logger.info({ reason }, 'The broker ends.');
}
