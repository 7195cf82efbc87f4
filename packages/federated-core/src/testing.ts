// Helpers for tests of what is built on the language: local computations without a tensor library, a runtime in one
// function, and the reference meaning held against the plan.
export { bothWays } from './testing/both-ways.js';
export { plainLocal, plainRunner, runPlan } from './testing/plain-local.js';
