// SGD with momentum: v ← μ v + g, w ← w − η v (Polyak, "Some methods of speeding up the convergence of iteration
// methods", 1964; in the form of Sutskever, Martens, Dahl, Hinton, ICML 2013, with η taken out of v).

import { tf } from '@starling/compute';
import { checkOptions } from '@starling/federated-core/plan';
import { fraction } from '../options/option-ranges.js';
import { mapTensors, type Tensors } from '../tensors/tensors.js';
import { type LearningRate, withLearningRate } from './learning-rate.js';
import type { Optimizer } from './optimizer.js';

export interface MomentumOptions {
  readonly learningRate: LearningRate;
  /** μ, from 0 to below 1; 0.9 by default. */
  readonly momentum?: number;
}

/** The checks of `MomentumOptions`; `withLearningRate` has that of the rate. */
export const MOMENTUM_OPTIONS = { learningRate: true, momentum: fraction } as const;

/** Momentum. At the server this is FedAvgM (Hsu, Qi, Brown, 2019). */
export function momentum(options: MomentumOptions): Optimizer {
  checkOptions('Cannot make momentum', options, MOMENTUM_OPTIONS);
  const { learningRate, momentum: decay = 0.9 } = options;
  return withLearningRate('momentum', learningRate, (rate) => ({
    init: (weights) => ({ velocity: mapTensors(tf.zerosLike, weights) }),
    update: (gradients, state, weights) => {
      const velocity = movedVelocity(state['velocity'] as Tensors, gradients, decay);
      return {
        weights: mapTensors((weight, v) => tf.sub(weight, tf.mul(v, rate)), weights, velocity),
        state: { velocity },
      };
    },
  }));
}

/** μ v + g for each weight. */
export function movedVelocity(velocity: Tensors, gradients: Tensors, decay: number): Tensors {
  return mapTensors((v, gradient) => tf.add(tf.mul(v, decay), gradient), velocity, gradients);
}
