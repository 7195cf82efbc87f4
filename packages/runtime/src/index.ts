// Runtimes, linked plans and the round loop.
export * from './checkpoints/checkpoint-store.js';
export * from './checkpoints/directory-checkpoints.js';
export * from './checkpoints/run-identity.js';
export * from './checkpoints/version.js';
export * from './engines/engine-choice.js';

export * from './fold/lane-fold.js';
export * from './fold/ordered-merge.js';
export * from './in-process/in-process-runtime.js';

export * from './rounds/leaf-names.js';
export * from './rounds/run-options.js';
export * from './rounds/run-round.js';
export * from './rounds/run-rounds.js';
export * from './runtime/errors.js';
export * from './runtime/runtime.js';
export * from './simulation/simulation.js';
export * from './threads/threads-runtime.js';
