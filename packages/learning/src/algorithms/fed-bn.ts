// FedBN: Li, Jiang, Zhang, Kamp, Dou, "FedBN: Federated Learning on Non-IID Features via Local Batch Normalization",
// ICLR 2021, Algorithm 1: layers of batch normalisation are each client's own, so that each normalises by what its own
// features are like. With the other weights w_k, and K clients:
//
//   each client k:  (w_k, BN_k) ← SGD from (w, BN_k) on its own examples
//   the server:     w ← Σ p_k w_k,   p_k = 1/K in the paper
//
// Scale, shift and the moving mean and variance of a layer stay: they are neither sent nor received.
import { optionError } from '@starling/federated-core/plan';
import { type AlgorithmOptions, checkAlgorithm } from './algorithm-options.js';
import { type PersonalProcess, personalAveraging } from './personal-averaging.js';

/**
 * As `fedPer`, of a model of layers, of which batch normalisation stays with the clients. Clients count by their
 * examples; `weighting: 'uniform'` is the paper's. Throws a `RangeError` if the model has no such layer.
 */
export function fedBN<W extends string>(options: AlgorithmOptions<W>): PersonalProcess {
  const action = 'Cannot average by FedBN';
  checkAlgorithm(action, options, {});
  const { name, initialWeights } = options.model;
  const names = Object.keys(initialWeights);
  if (!names.some(isNormalization)) {
    throw optionError(
      `${action}: ${name} must have a layer of batch normalisation, got the weights ${names.join(', ')}. Of other weights: fedPer({ personal: […], … })`,
    );
  }
  return personalAveraging('FedBN', action, options, isNormalization);
}

/** By the names that `layersModel` gives. */
const isNormalization = (weight: string): boolean => /^batch_normalization_\d+_/.test(weight);
