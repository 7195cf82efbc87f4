// The WebSocket coordinator, and the runtime that it is for the round loop.
export {
  type CoordinatorServer,
  type CoordinatorServerOptions,
  createCoordinatorServer,
} from './server/coordinator-server.js';
export type { TlsOptions } from './server/http.js';
export { createServerMetrics, type ServerMetricName, type ServerMetrics } from './server/server-metrics.js';
export { type CoordinatorOptions, runCoordinator } from './session/run-coordinator.js';
export type { LaunchedClients, WebSocketRuntimeOptions } from './session/session-options.js';
export { websocketRuntime } from './session/websocket-runtime.js';
