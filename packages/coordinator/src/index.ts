// The WebSocket coordinator, and the runtime that it is for the round loop.

export type { TlsOptions } from './server/http.js';
export { createMetrics, type MetricName, type Metrics } from './server/metrics.js';
export * from './session/run-coordinator.js';
export * from './session/session-options.js';
export * from './session/websocket-runtime.js';
