// How the updates of a cohort become one: sum, mean, and wrappers around them.

export * from './aggregator/aggregator.js';
export { aggregationBy, aggregatorKind } from './aggregator/aggregator-kind.js';
export { nothing } from './aggregator/nothing.js';
export * from './means/mean-aggregator.js';
export { type BoundedNorm, boundNorm, CLIP_NORM_RANGE } from './structures/bound-norm.js';
export { leavesOf, mapStructure } from './structures/structures.js';
export * from './sums/sum-aggregator.js';
export * from './wrappers/adaptively-clipped.js';
export * from './wrappers/clipped.js';
export * from './wrappers/zeroed.js';
