// SGD with momentum: v ← μ v + g, w ← w − η v (Polyak, "Some methods of speeding up the convergence of iteration
// methods", 1964; in the form of Sutskever, Martens, Dahl, Hinton, ICML 2013, with η taken out of v).

import { tf } from '@starling/compute';
import { checkOptions } from '@starling/federated-core/plan';
import { checkFraction } from '../options/option-ranges.js';
import { mapTensors, type Tensors } from '../tensors/tensors.js';
import { type LearningRate, withLearningRate } from './learning-rate.js';
import type { Optimizer } from './optimizer.js';

export interface MomentumOptions {
  readonly learningRate: LearningRate;
  /** μ, from 0 to below 1; 0.9 by default. */
  readonly momentum?: number;
}

/** Momentum. At the server this is FedAvgM (Hsu, Qi, Brown, 2019). */
export function momentum(options: MomentumOptions): Optimizer {
  checkOptions('Cannot make momentum', options, { learningRate: true, momentum: true });
  const { learningRate, momentum: decay = 0.9 } = options;
  checkFraction('momentum', 'momentum', decay);
  return withLearningRate('momentum', learningRate, (rate) => ({
    init: (weights) => ({ velocity: mapTensors(tf.zerosLike, weights) }),
    update: (gradients, state, weights) => {
      const velocity = mapTensors(
        (v, gradient) => tf.add(tf.mul(v, decay), gradient),
        state['velocity'] as Tensors,
        gradients,
      );
      return {
        weights: mapTensors((weight, v) => tf.sub(weight, tf.mul(v, rate)), weights, velocity),
        state: { velocity },
      };
    },
  }));
}
