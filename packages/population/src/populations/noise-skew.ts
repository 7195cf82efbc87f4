// Noisy sensors: Gaussian noise whose variance grows with the client's number (Li, Diao, Chen, He, "Federated Learning
// on Non-IID Data Silos: An Experimental Study", ICDE 2022, section 4.2: client i of N has the variance σ i / N).
import { checkOptions, numberWithin, required } from '@starling/federated-core/plan';
import { withNumbers } from './feature-values.js';
import type { FeatureSkew } from './skewed-population.js';

const ACTION = 'Cannot add noise';

/**
 * Adds to each number of the feature a normal draw with the standard deviation noiseStddev · √(i / N), i being 1 for
 * the first of N clients: the last has `noiseStddev`, the paper's √σ, in the units of the feature. A uint8 feature is
 * rounded, and cut to 0 … 255. Throws a `RangeError` unless `noiseStddev` is finite and at least 0.
 */
export function noiseSkew(options: { readonly noiseStddev: number }): FeatureSkew {
  checkOptions(ACTION, options, { noiseStddev: required(numberWithin({ from: 0, float32: true })) });
  const { noiseStddev } = options;
  return {
    name: `noise(${noiseStddev})`,
    apply: (column, { index, clients, random }) => {
      const stddev = noiseStddev * Math.sqrt((index + 1) / clients);
      const data = column.data as ArrayLike<number>;
      return withNumbers(ACTION, column, (place) => (data[place] as number) + stddev * random.normal());
    },
  };
}
