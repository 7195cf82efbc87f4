// The stack that TensorFlow Federated recommends where sending is expensive, with its constants
// (`tff.learning.compression_aggregator`): updates times weights in 8 bits a number, for tensors of 20,000 numbers or
// more, under the zeroing and clipping of `robustAggregator`.
import type { Aggregator } from '../aggregator/aggregator.js';
import { meanAggregator } from '../means/mean-aggregator.js';
import { quantizedSum } from '../sums/quantized-sum.js';
import { checkStack, guarded, type StackOptions } from './robust-aggregator.js';

/** A mean that takes a quarter of the bytes, and is right in the mean over rounds. */
export function compressionAggregator(options: StackOptions = {}): Aggregator {
  checkStack('Cannot make a compression aggregator', options);
  const valueSum = quantizedSum({ bits: 8, threshold: 20_000 });
  return guarded(meanAggregator({ weighted: options.weighted ?? true, valueSum }), options);
}
