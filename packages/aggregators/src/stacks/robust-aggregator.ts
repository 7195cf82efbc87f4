// The stack that TensorFlow Federated recommends against faulty clients, with its constants
// (`tff.learning.robust_aggregator`, which cites Andrew et al., NeurIPS 2021): zeroing of what is far beyond all that
// was seen so far, clipping to a moderately high norm, and a mean.
import { checkOptions, kinds } from '@starling/federated-core/plan';
import type { Aggregator } from '../aggregator/aggregator.js';
import { quantileEstimate } from '../estimates/quantile-estimate.js';
import { meanAggregator } from '../means/mean-aggregator.js';
import { clipped } from '../wrappers/clipped.js';
import { zeroed } from '../wrappers/zeroed.js';

export interface StackOptions {
  /** Whether updates far beyond the others are zeroed; true by default. */
  readonly zeroing?: boolean;
  /** Whether long updates are clipped; true by default. */
  readonly clipping?: boolean;
  /** Whether updates count by their weight; true by default. */
  readonly weighted?: boolean;
}

/**
 * A mean of clipped updates that holds against faults, not against liars: clients bound their own updates, and the
 * rules of `multiKrum` and its like hold against those. A zeroed client counts as zero, as in TensorFlow Federated.
 */
export function robustAggregator(options: StackOptions = {}): Aggregator {
  checkStack('Cannot make a robust aggregator', options);
  return guarded(meanAggregator({ weighted: options.weighted ?? true }), options);
}

export function checkStack(action: string, options: StackOptions): void {
  checkOptions(action, options, { zeroing: kinds.flag, clipping: kinds.flag, weighted: kinds.flag });
}

/** `mean` of updates that are zeroed and clipped, unless the options say otherwise. */
export function guarded(mean: Aggregator, { zeroing = true, clipping = true }: StackOptions): Aggregator {
  const short = clipping ? clipped(mean, { norm: moderatelyHigh }) : mean;
  return zeroing ? zeroed(short, { norm: beyondAll, whenZeroed: 'count-as-zero' }) : short;
}

const moderatelyHigh = quantileEstimate({ initial: 1, target: 0.8, learningRate: 0.2 });
/** Moves by up to a factor of ten a round, and reports more than twice of what 98 % of clients are within. */
const beyondAll = quantileEstimate({
  initial: 10,
  target: 0.98,
  learningRate: Math.log(10),
  multiplier: 2,
  increment: 1,
});
