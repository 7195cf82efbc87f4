// The edge client on Node: sockets by `ws`, the onnx engine, and clients of a whole population in one process. What
// needs no Node is in `/core`.
export type { BackOff } from './core/back-off.js';
export { type Client, ClientRefusedError, type ClientSummary } from './core/client.js';
export type { ClientAck, ClientCommit, ClientOptions } from './core/client-options.js';
export type { ClientLogger } from './core/logger.js';
export type { ClientCounts } from './core/memory.js';
export { createPlanCache, type PlanCache } from './core/plan-cache.js';
export type { RunChange, RunsClient } from './core/runs-client.js';
export type { ClientSocket, Connect, SocketEvents } from './core/socket.js';
export { connectWs } from './node/connect-ws.js';
export {
  createClient,
  createRunsClient,
  type NodeClientOptions,
  type NodeRunsClientOptions,
} from './node/create-client.js';
export {
  type RunClientsOptions,
  type RunningClients,
  runClients,
  startClients,
} from './node/run-clients.js';
