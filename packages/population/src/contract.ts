// The suites that every population, partitioner and sampler passes; they run in vitest, and users may call them for
// their own.
export * from './partitioners/contract.js';
export * from './populations/contract.js';
export * from './samplers/contract.js';
