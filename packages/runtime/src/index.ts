// Runtimes, packed plans and the round loop.
export * from './plan/packed-plan.js';
export * from './runtime.js';
