// The WebSocket coordinator, and the runtime that it is for the round loop.
export * from './run-coordinator.js';
export type { TlsOptions } from './server/http.js';
export { createMetrics, type MetricName, type Metrics } from './server/metrics.js';
export * from './websocket-runtime.js';
