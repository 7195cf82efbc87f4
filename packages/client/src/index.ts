// The edge client, with what it needs on Node.
export * from './back-off.js';
export { type Client, type ClientOptions, ClientRefusedError, type ClientSummary } from './client.js';
export { connectWs } from './connect-ws.js';
export * from './create-client.js';
export type { ClientCounts } from './memory.js';
export { createPlanCache, type LoadedPlan, type PlanCache } from './plan-cache.js';
export * from './run-clients.js';
export type { ClientSocket, Connect, SocketEvents } from './socket.js';
