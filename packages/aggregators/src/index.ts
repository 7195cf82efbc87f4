// How the updates of a cohort become one: sums, means, robust rules, and wrappers around them.

export * from './aggregator/aggregator.js';
export { aggregationBy, aggregatorKind } from './aggregator/aggregator-kind.js';
export { nothing } from './aggregator/nothing.js';
export type { Bound, Estimate } from './estimates/estimate.js';
export * from './estimates/quantile-estimate.js';
export * from './means/discounted-mean.js';
export { type MeanAggregatorOptions, meanAggregator } from './means/mean-aggregator.js';
export { type BoundedMeanAggregatorOptions, boundedMean } from './robust/bounded-mean.js';
export { centredClipping } from './robust/centred-clipping.js';
export { coordinateMedian } from './robust/coordinate-median.js';
export * from './robust/geometric-median.js';
export * from './robust/krum.js';
export * from './robust/trimmed-mean.js';
export { compressionAggregator } from './stacks/compression-aggregator.js';
export { robustAggregator, type StackOptions } from './stacks/robust-aggregator.js';
export { type BoundedNorm, boundNorm, CLIP_NORM_RANGE } from './structures/bound-norm.js';
export { leavesOf, mapStructure } from './structures/structures.js';
export { zerosOf } from './structures/zeros-of.js';
export { type QuantizedSumOptions, quantizedSum } from './sums/quantized-sum.js';
export * from './sums/reservoir-sample.js';
export * from './sums/sum-aggregator.js';
export * from './wrappers/clipped.js';
export * from './wrappers/measured.js';
export * from './wrappers/modular-clipped.js';
export { rotated } from './wrappers/rotated.js';
export * from './wrappers/zeroed.js';
