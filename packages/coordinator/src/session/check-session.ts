// What a session of the `websocket` runtime, and a coordinator, is given, checked before anything listens.
import { engineKind } from '@starling/compute/engine';
import {
  type Check,
  checkOptions,
  hasMethods,
  kinds,
  numberWithin,
  ofKind,
  type RequiredCheck,
  required,
} from '@starling/federated-core/plan';
import { LISTENING, milliseconds } from '../server/check-server.js';
import type { CoordinatorOptions } from './run-coordinator.js';
import type { WebSocketRuntimeOptions } from './session-options.js';

const fromZero = numberWithin({ whole: true, from: 0 });

const SESSION: { readonly [N in keyof WebSocketRuntimeOptions]-?: true | Check | RequiredCheck } = {
  ...LISTENING,
  server: ofKind({
    need: 'a server, such as await createCoordinatorServer()',
    fits: (value) => hasMethods(value, ['host', 'close']),
  }),
  deadlineMs: milliseconds,
  extendBelow: fromZero,
  maxExtensions: (action, option, value) => {
    if (value !== Number.POSITIVE_INFINITY) fromZero(action, option, value);
  },
  minClients: fromZero,
  reserveMs: milliseconds,
  engine: engineKind,
  launchClients: kinds.callable,
  signal: kinds.abortSignal,
  onListen: kinds.callable,
};

/** Throws a `RangeError` that names the option at fault, with the user's line. */
export function checkSession(options: WebSocketRuntimeOptions): void {
  checkOptions('Cannot make a websocket runtime', options, SESSION);
}

/** The same for a coordinator. */
export function checkCoordinator(options: CoordinatorOptions): void {
  checkOptions('Cannot run a coordinator', options, {
    ...SESSION,
    run: required(setupKind),
    rounds: fromZero,
    seed: fromZero,
    state: kinds.text,
    settings: kinds.record,
    minReports: fromZero,
    onOtherRun: kinds.callable,
    onRound: kinds.callable,
    onFailedRound: kinds.callable,
    onRecord: kinds.callable,
    about: kinds.record,
  });
}

const setupKind: Check = ofKind({
  need: 'a federation that is built, such as await federation.build(federation.options.parse({}))',
  fits: (value) => typeof value === 'object' && value !== null && 'population' in value && 'sampler' in value,
  advice: (value) => (hasMethods(value, ['build']) ? 'Build it: await federation.build({ … })' : null),
});
