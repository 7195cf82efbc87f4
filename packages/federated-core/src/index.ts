// The language of federated computations: types, placements, intrinsics, tracing and round plans.
export * from './plan/local-computation.js';
export * from './plan/reduction.js';
export * from './plan/round-plan.js';
export * from './random/generator.js';
export * from './random/philox.js';
export * from './random/seed.js';
export * from './types/types.js';
export * from './values/tensor.js';
export * from './values/value.js';
