// The edge client, with what it needs on Node.
export * from './core/back-off.js';
export { type Client, type ClientOptions, ClientRefusedError, type ClientSummary } from './core/client.js';
export type { ClientCounts } from './core/memory.js';
export { createPlanCache, type LoadedPlan, type PlanCache } from './core/plan-cache.js';
export type { ClientSocket, Connect, SocketEvents } from './core/socket.js';
export { connectWs } from './node/connect-ws.js';
export * from './node/create-client.js';
export * from './node/run-clients.js';
