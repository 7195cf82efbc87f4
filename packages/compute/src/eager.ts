// Local computations run eagerly, for those who debug them: the user's own code on real tensors.

export { debugBodies } from './capture/debug-bodies.js';
export type { EagerStep } from './capture/eager/eager-call.js';
export type { KernelInput, NonFiniteOrigin, StepPlace } from './capture/eager/non-finite-watch.js';
export { type EagerRunner, type EagerRunnerOptions, eagerRunner } from './capture/eager-runner.js';
