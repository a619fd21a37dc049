import { SitewideError } from '../core/errors.ts';
import { databaseUrl, isDatabaseUrl, levels } from './schema.ts';
import type { LogLevel } from './schema.ts';

// What the environment may say over the file: only what differs between two copies of one container.

/** Variables of the environment; `process.env` fits. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says; undefined where it says nothing. */
export interface Overrides {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly level: LogLevel | undefined;
  readonly databaseUrl: string | undefined;
}

/**
 * Reads SITEWIDE_LISTEN_HOST, SITEWIDE_LISTEN_PORT, SITEWIDE_LOG_LEVEL and DATABASE_URL.
 * @throws SitewideError `CONFIG_INVALID`.
 */
export function readEnvironment(env: Environment): Overrides {
  return {
    host: env['SITEWIDE_LISTEN_HOST'],
    port: portOf(env['SITEWIDE_LISTEN_PORT']),
    level: levelOf(env['SITEWIDE_LOG_LEVEL']),
    databaseUrl: databaseOf(env['DATABASE_URL']),
  };
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw invalid('SITEWIDE_LISTEN_PORT', text, 'a whole number from 0 to 65535');
  }
  return port;
}

function levelOf(text: string | undefined): LogLevel | undefined {
  const level = levels.find((known) => known === text);
  if (text !== undefined && level === undefined) {
    throw invalid('SITEWIDE_LOG_LEVEL', text, `one of ${levels.join(', ')}`);
  }
  return level;
}

/** Its text may hold a password and is not repeated. */
function databaseOf(text: string | undefined): string | undefined {
  if (text !== undefined && !isDatabaseUrl(text)) {
    throw invalid('DATABASE_URL', '…', databaseUrl);
  }
  return text;
}

function invalid(variable: string, found: string, allowed: string): SitewideError {
  const problem = `${variable}: found "${found}"; allowed is ${allowed}`;
  return new SitewideError('CONFIG_INVALID', { file: 'environment', problem });
}
