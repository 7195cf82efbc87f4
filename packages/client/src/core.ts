// The edge client without Node: a program that gives it sockets and an engine, such as a browser, loads this entry.
export * from './core/back-off.js';
export {
  type Client,
  ClientRefusedError,
  type ClientSummary,
  createClientOn,
} from './core/client.js';
export type { ClientAck, ClientCommit, ClientOptions } from './core/client-options.js';
export { type ClientLogger, silentLogger } from './core/logger.js';
export type { ClientCounts } from './core/memory.js';
export { createPlanCache, type LoadedPlan, type PlanCache } from './core/plan-cache.js';
export {
  createRunsClientOn,
  type RunChange,
  type RunsClient,
  type RunsClientOptions,
} from './core/runs-client.js';
export type { ClientSocket, Connect, SocketEvents } from './core/socket.js';
