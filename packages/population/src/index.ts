// Who takes part, with what data.

export * from './partitioners/dirichlet-partition.js';
export * from './partitioners/iid-partition.js';
export * from './partitioners/partitioner.js';
export * from './partitioners/shard-partition.js';
export * from './populations/dataset-rows.js';
export { fingerprintOf } from './populations/fingerprint.js';
export * from './populations/generated-population.js';
export * from './populations/partitioned-population.js';
export * from './populations/population.js';
export * from './populations/population-of.js';
export * from './samplers/check-cohort.js';
export * from './samplers/sampler.js';
export * from './samplers/uniform-sampler.js';
