// The options of what listens, by kind and range: of a server, and of a session with a server of its own.
import { type Check, hasMethods, isPlain, kinds, numberWithin, ofKind } from '@starling/federated-core/plan';
import { limitsKind } from './limits.js';

/** Milliseconds that a timer can wait: up to 24 days. */
export const milliseconds: Check = numberWithin({ above: 0, to: 2 ** 31 - 1 });

/** What logs, as pino does. */
export const loggerKind: Check = ofKind({
  need: 'a logger, such as pino()',
  fits: (value) => hasMethods(value, ['info', 'warn', 'error']),
});

/** Where metrics are counted. */
export const metricsKind: Check = ofKind({
  need: 'metrics, which createServerMetrics() makes',
  fits: (value) => hasMethods(value, ['add']),
});

/** Of a server; a session has them for a server of its own. */
const OF_SERVER = {
  host: kinds.text,
  port: numberWithin({ whole: true, from: 0, to: 65_535 }),
  tls: ofKind({
    need: 'a certificate and its key, { cert, key }',
    fits: (value) =>
      typeof value === 'object' && value !== null && isPlain(value) && 'cert' in value && 'key' in value,
  }),
  token: ofKind({ need: 'text', fits: (value) => typeof value === 'string' }),
  clientTokens: kinds.text,
  allowOrigins: ofKind({
    need: "an array of origins, such as ['https://lab.example'], or ['*'] for any",
    fits: (value) => Array.isArray(value) && value.every(isOrigin),
  }),
  watchPort: numberWithin({ whole: true, from: 0, to: 65_535 }),
  limits: limitsKind,
  heartbeatMs: milliseconds,
  handshakeMs: milliseconds,
} as const satisfies Readonly<Record<string, Check>>;

/** Names of options that a session may not have beside a server that is given. */
export const SERVER_OPTIONS = Object.keys(OF_SERVER) as readonly (keyof typeof OF_SERVER)[];

/** The options that a server and the session of one of its own have in common. */
export const LISTENING = { ...OF_SERVER, logger: loggerKind, metrics: metricsKind } as const;

function isOrigin(value: unknown): boolean {
  if (value === '*') return true;
  return typeof value === 'string' && URL.canParse(value) && new URL(value).origin === value;
}
