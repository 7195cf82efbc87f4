// What a session of the `websocket` runtime is given, checked before anything listens.
import { engineKind } from '@starling/compute/engine';
import {
  type Check,
  checkOptions,
  hasMethods,
  kinds,
  numberWithin,
  ofKind,
  type RequiredCheck,
} from '@starling/federated-core/plan';
import { LISTENING, milliseconds } from '../server/listening-options.js';
import type { WebSocketRuntimeOptions } from './session-options.js';

export const fromZero = numberWithin({ whole: true, from: 0 });
/** Milliseconds, which may be none. */
export const waitMs = numberWithin({ from: 0, to: 2 ** 31 - 1 });

/** Each option of a session. */
export const SESSION_OPTIONS: {
  readonly [N in keyof WebSocketRuntimeOptions]-?: true | Check | RequiredCheck;
} = {
  ...LISTENING,
  server: ofKind({
    need: 'a server, such as await createCoordinatorServer()',
    fits: (value) => hasMethods(value, ['host', 'close']),
  }),
  runName: kinds.text,
  deadlineMs: milliseconds,
  extendBelow: fromZero,
  maxExtensions: (action, option, value) => {
    if (value !== Number.POSITIVE_INFINITY) fromZero(action, option, value);
  },
  maxUpdateNorm: numberWithin({ above: 0 }),
  maxWeight: numberWithin({ above: 0 }),
  minClients: fromZero,
  reserveMs: milliseconds,
  farewellMs: waitMs,
  engine: engineKind,
  launchClients: kinds.callable,
  signal: kinds.abortSignal,
  onListen: kinds.callable,
};

/** Throws a `RangeError` that names the option at fault, with the user's line. */
export function checkSession(options: WebSocketRuntimeOptions): void {
  checkOptions('Cannot make a websocket runtime', options, SESSION_OPTIONS);
}
