// Training that is pulled towards the weights from which it started: the client work of FedProx.
import { tf } from '@starling/compute';
import { optionError } from '@starling/federated-core/plan';
import { nonNegative } from '../options/option-ranges.js';
import type { ClientWork } from '../parts/client-work.js';
import { mapTensors } from '../tensors/tensors.js';
import type { ChangeGradients, TrainingOptions } from '../work/local-training.js';
import { trainingWork } from './training-work.js';

export interface ProximalOptions extends Omit<TrainingOptions, 'changeGradients'> {
  /** μ, at least 0. */
  readonly proximalStrength: number;
}

/**
 * `trainingWork` by the objective F_k(w) + μ/2 ‖w − w_t‖², whose gradient gains μ (w − w_t). Throws a `RangeError` if
 * an option is out of its range.
 */
export function proximalWork(options: ProximalOptions): ClientWork {
  if ('changeGradients' in options)
    throw optionError('Cannot train clients: need trainingWork to change gradients, got proximalWork');
  const { proximalStrength, ...training } = options;
  nonNegative('Cannot train clients', 'proximalStrength', proximalStrength);
  const changeGradients = proximalStrength === 0 ? undefined : pulled(proximalStrength);
  return { ...trainingWork({ ...training, changeGradients }), name: 'proximal training' };
}

const pulled =
  (strength: number): ChangeGradients =>
  (gradients, { weights, received }) =>
    mapTensors(
      (gradient, w, start) => tf.add(gradient!, tf.mul(tf.sub(w!, start!), strength)),
      gradients,
      weights,
      received,
    );
