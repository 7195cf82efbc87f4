// The log of a command: JSON lines by pino on stderr, so that stdout stays for results.
import { type Logger, pino } from 'pino';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** The level is `STARLING_LOG_LEVEL`, or else `fallback`. */
export function createLogger(fallback = 'warn'): Logger {
  const wanted = process.env['STARLING_LOG_LEVEL'];
  const level = wanted !== undefined && LEVELS.includes(wanted) ? wanted : fallback;
  return pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
}
