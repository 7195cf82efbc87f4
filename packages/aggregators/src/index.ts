// How the updates of a cohort become one: sum, mean, and wrappers around them.
export * from './adaptively-clipped.js';
export * from './aggregator.js';
export { type BoundedNorm, boundNorm } from './bound-norm.js';
export * from './clipped.js';
export * from './mean-aggregator.js';
export * from './sum-aggregator.js';
export * from './zeroed.js';
