// What an engine loads of this package, without the passes that come before: fitting a model to the CPU at hand, and
// to many clients in one call.
export { type BatchedGraph, batchGraph } from './batch/batch-graph.js';
export { CannotBatch } from './batch/cannot-batch.js';
export type { NumberCount } from './batch/count-numbers.js';
export * from './cpu/fit-to-machine.js';
export * from './cpu/probe-block-size.js';
export { decodeModel } from './model/decode-model.js';
export { encodeModel } from './model/encode-model.js';
