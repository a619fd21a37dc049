import type { LogFacts, Logger } from '../../src/telemetry/logger.ts';

// A log that a test can read.

/** A line of it. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly facts: LogFacts;
}

/** A logger that keeps what it is told, at every level. */
export interface RecordingLogger extends Logger {
  readonly lines: readonly LogLine[];
}

/** An empty one. */
export function createRecordingLogger(): RecordingLogger {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (facts: LogFacts, message: string) => {
    lines.push({ level, message, facts });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
