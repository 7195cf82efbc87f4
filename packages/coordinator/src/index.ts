// The WebSocket coordinator, and the runtime that it is for the round loop.

export { createRunServer, type RunServer, type RunServerOptions } from './api/run-server.js';
export type { HostedRun } from './hosting/hosted-run.js';
export type { RunHost } from './hosting/run-host.js';
export type { RunDetails, RunOverview, SeatedClient } from './hosting/run-status.js';
export {
  type ClientToken,
  issueClientToken,
  readClientTokens,
  revokeClientTokens,
} from './server/client-tokens.js';
export {
  type CoordinatorServer,
  type CoordinatorServerOptions,
  createCoordinatorServer,
} from './server/coordinator-server.js';
export type { ReadyClient } from './server/hosted-session.js';
export type { Exchange, Pages, TlsOptions, TlsPair } from './server/http.js';
export { type LimitName, limitDefinitions, limitNames, type ServerLimits } from './server/limits.js';
export { createServerMetrics, type ServerMetricName, type ServerMetrics } from './server/server-metrics.js';
export { type CoordinatorOptions, runCoordinator } from './session/run-coordinator.js';
export type { LaunchedClients, WebSocketRuntimeOptions } from './session/session-options.js';
export {
  type StayingClients,
  type StayingClientsOptions,
  stayingClients,
} from './session/staying-clients.js';
export { websocketRuntime } from './session/websocket-runtime.js';
