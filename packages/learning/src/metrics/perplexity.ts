// Perplexity: how many classes a model hesitates between, exp of its mean cross-entropy.
import { tf } from '@starling/compute';
import { softmaxCrossentropy } from '../losses/softmax-crossentropy.js';
import { meanOf, type ResolutionOptions } from './exact-mean.js';
import type { SumMetric } from './sum-metric.js';

/**
 * exp(Σ −log p(y) / n), of labels and logits as `softmaxCrossentropy` takes them; the places of an example are
 * averaged.
 */
export function perplexity(options: ResolutionOptions = {}): SumMetric {
  return meanOf('perplexity', softmaxCrossentropy, options, (mean) => tf.exp(mean));
}
