// Where a client's log goes: what it needs of a logger, so that a browser loads none. Node's entry takes pino's.

type Write = (fields: object, message?: string) => void;

export interface ClientLogger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** A logger that adds these fields to each line. */
  child(fields: Readonly<Record<string, unknown>>): ClientLogger;
}

export const silentLogger: ClientLogger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
