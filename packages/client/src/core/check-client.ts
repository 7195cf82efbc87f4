// What a client is given, checked before it connects: what is wrong is said at once, and not to a coordinator.
import { engineKind } from '@starling/compute/engine';
import {
  type Check,
  checkOptions,
  dataKinds,
  hasMethods,
  kinds,
  numberWithin,
  ofKind,
  type RequiredCheck,
  required,
} from '@starling/federated-core/plan';
import type { BackOff } from './back-off.js';
import type { ClientOptions } from './client-options.js';

const ACTION = 'Cannot start a client';

/** The address of a coordinator. */
export const urlKind: Check = ofKind({
  need: 'a URL that begins with ws:// or wss://',
  fits: (value) => typeof value === 'string' && /^wss?:\/\/./.test(value),
  advice: (value) =>
    typeof value === 'string' && /^https?:/.test(value) ? `Write ${value.replace(/^http/, 'ws')}` : null,
});

const idKind: Check = ofKind({
  need: 'the name of a client, or null for any that is free',
  fits: (value) => value === null || (typeof value === 'string' && value !== ''),
  advice: (value) => (typeof value === 'number' ? 'Names are text, such as population.clientId(0)' : null),
});

/** A secret, which may be empty. */
export const tokenKind: Check = ofKind({ need: 'text', fits: (value) => typeof value === 'string' });

/** Where a client keeps what it keeps. */
export const keepKind: Check = ofKind({
  need: "a store, such as directoryClientStates('kept') of @starling/store/directory",
  fits: (value) => hasMethods(value, ['open']),
  advice: (value) => (typeof value === 'string' ? `Write directoryClientStates('${value}')` : null),
});

/** Texts, such as hashes. */
export const textsKind: Check = ofKind({
  need: 'an array of texts',
  fits: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
});

/** How long something may take: infinity is without end. */
export const atLeastZero: Check = (action, option, value) => {
  if (value !== Number.POSITIVE_INFINITY) numberWithin({ from: 0 })(action, option, value);
};

/** Bounds of waits. */
export const backOffKind: Check = (action, option, value) =>
  checkOptions(`${action}: ${option}`, value as BackOff, { baseMs: atLeastZero, maxMs: atLeastZero });

/** What logs in the manner of pino. */
export const loggerKind: Check = ofKind({
  need: 'a logger, such as pino()',
  fits: (value) => hasMethods(value, ['info', 'warn']),
});

/** Each option of a client. */
export const CLIENT_OPTIONS: { readonly [N in keyof ClientOptions]-?: Check | RequiredCheck } = {
  url: required(urlKind),
  clientId: required(idKind),
  dataType: required(dataKinds.type),
  load: required(kinds.callable),
  engine: required(engineKind),
  plans: ofKind({
    need: 'a cache of plans, which createPlanCache(engine) makes',
    fits: (value) => hasMethods(value, ['dispose']),
  }),
  token: tokenKind,
  run: kinds.text,
  pins: textsKind,
  keep: keepKind,
  backOff: backOffKind,
  giveUpMs: atLeastZero,
  connect: required(kinds.callable),
  onAck: kinds.callable,
  onCommit: kinds.callable,
  logger: loggerKind,
  random: kinds.callable,
};

/** Throws a `RangeError` that names the option at fault, with the user's line. */
export function checkClient(options: ClientOptions): void {
  checkOptions(ACTION, options, CLIENT_OPTIONS);
}
