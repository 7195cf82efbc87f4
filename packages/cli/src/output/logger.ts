// The log of a command: JSON lines by pino on stderr, so that stdout stays for results.
import { type Logger, pino } from 'pino';
import { oneOf, UsageError } from '../errors/usage-error.js';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** The level is `STARLING_LOG_LEVEL`, or else `fallback`; throws a `UsageError` if that names no level. */
export function createLogger(fallback = 'warn'): Logger {
  const level = process.env['STARLING_LOG_LEVEL'] || fallback;
  if (!LEVELS.includes(level)) {
    throw new UsageError(`Cannot log: STARLING_LOG_LEVEL must be ${oneOf(LEVELS)}, got '${level}'`);
  }
  // On a terminal a bar holds back what is written to the stream, and would be torn by what is not.
  const destination = process.stderr.isTTY ? process.stderr : pino.destination({ dest: 2, sync: true });
  return pino({ level, base: null }, destination);
}
