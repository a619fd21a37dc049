import { invalid, type Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import { startOwnServer, type OwnServer } from '../store/own-server.ts';
import type { Logger } from '../telemetry/logger.ts';

// Where a broker keeps what must not be lost. Brokers of one installation share a database, which only its operator can
// give them; a broker that is alone in front of its installation may bring one along.

interface Database {
  /** The configuration with its database. */
  readonly config: Config;
  /** The server that this process owns; null if the database is somebody else's. */
  readonly server: OwnServer | null;
}

const folder = '.sitewide';

/**
 * The database of a broker; starts one of its own, with its data under `.sitewide` in the present folder, if the
 * configuration names none.
 * @throws SitewideError `CONFIG_INVALID` if it names none and the installation has several brokers; `PROCESS_FAILED`, or
 * the signal's reason.
 */
export async function openDatabase(
  config: Config,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  signal: AbortSignal,
): Promise<Database> {
  if (config.database !== null) {
    return { config, server: null };
  }
  const { installation, site } = config;
  const { brokers } = site.installations.find(({ id }) => id === installation)!;
  if (brokers.length > 1) {
    throw invalid(config.file, [
      `database: installation "${installation}" has ${brokers.length} brokers, which need a database that they share; ` +
        'set "database.url" or DATABASE_URL',
    ]);
  }
  const onTrouble = (what: string): void => logger.warn({}, what);
  const options = { folder, data: installation, installations: [installation], clock, onTrouble };
  const server = await startOwnServer(options, signal);
  logger.info({ folder, pid: server.pid }, 'No database is configured: the broker runs one of its own.');
  return { config: { ...config, database: { url: server.urlOf(installation) } }, server };
}
