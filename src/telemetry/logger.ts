import { destination, pino } from 'pino';

// The log: JSON lines on stderr, so that stdout stays for data. It never logs request bodies or variables.

/** What may be logged beside the message: plain facts, and `err` for something thrown. */
export type LogFacts = Readonly<Record<string, unknown>>;

/** What this program logs with. Narrow, so that a test can pass one of its own. */
export interface Logger {
  debug(facts: LogFacts, message: string): void;
  info(facts: LogFacts, message: string): void;
  warn(facts: LogFacts, message: string): void;
  error(facts: LogFacts, message: string): void;
  /** False if nobody would see it, so that the facts need not be found out. Absent: everything is seen. */
  isLevelEnabled?(level: 'debug' | 'info' | 'warn' | 'error'): boolean;
}

interface LoggerOptions {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  readonly installation?: string;
  readonly broker?: string;
}

/** A logger whose every line names the installation and the broker. */
export function createLogger({ level, installation, broker }: LoggerOptions): Logger {
  // Written at once: the last lines before an end are the ones that matter.
  const stderr = destination({ dest: 2, sync: true });
  return pino({ level, base: { installation, broker }, timestamp: pino.stdTimeFunctions.isoTime }, stderr);
}

/** A logger that says nothing. */
export const silentLogger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
