// The `websocket` runtime: real clients, each on a socket of its own, run the plan. `session.ts` does the work.
import type { Runtime } from '@starling/runtime';
import { checkSession } from './check-session.js';
import { openSession } from './session.js';
import type { WebSocketRuntimeOptions } from './session-options.js';

/** A runtime whose clients join over WebSockets. Every session has its own server, unless one is given. */
export function websocketRuntime(options: WebSocketRuntimeOptions = {}): Runtime {
  checkSession(options);
  return {
    name: 'websocket',
    takesFaults: true,
    open: (plan, population) => openSession(plan, population, options),
  };
}
