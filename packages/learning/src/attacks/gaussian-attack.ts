// Liars send noise: Blanchard, El Mhamdi, Guerraoui, Stainer, "Machine Learning with Adversaries", NeurIPS 2017,
// section 5: a Gaussian vector of large variance.
import { random } from '@starling/compute';
import { checkOptions, numberWithin, required } from '@starling/federated-core/plan';
import { type Attack, corrupted } from './attack.js';

/** Liars send normal numbers with this standard deviation, in the unit of updates, above 0. */
export function gaussianAttack(options: { readonly stddev: number }): Attack {
  checkOptions('Cannot attack by noise', options, {
    stddev: required(numberWithin({ above: 0, float32: true })),
  });
  const { stddev } = options;
  const name = 'gaussian attack';
  return {
    name,
    corrupt: (attacked) => corrupted(name, attacked, {}, (tensor) => random.normal(tensor.shape, 0, stddev)),
  };
}
