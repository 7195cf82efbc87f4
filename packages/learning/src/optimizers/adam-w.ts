// AdamW: Adam with decoupled weight decay (Loshchilov, Hutter, "Decoupled Weight Decay Regularization", ICLR 2019,
// Algorithm 2, with the decay scaled by the learning rate, as Keras and PyTorch have it).

import { checkOptions } from '@starling/federated-core/plan';
import { nonNegative } from '../options/option-ranges.js';
import { ADAM_OPTIONS, type AdamOptions, adamWithDecay } from './adam.js';
import type { Optimizer } from './optimizer.js';

export interface AdamWOptions extends AdamOptions {
  /** λ, at least 0; 0.004 by default. */
  readonly weightDecay?: number;
}

/** w ← (1 − η λ) w − Adam's step. */
export function adamW(given: AdamWOptions = {}): Optimizer {
  checkOptions('Cannot make adamW', given, { ...ADAM_OPTIONS, weightDecay: nonNegative });
  const { weightDecay = 0.004, ...options } = given;
  return adamWithDecay('adamW', options, weightDecay);
}
