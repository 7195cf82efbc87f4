// FedPer: Arivazhagan, Aggarwal, Singh, Choudhary, "Federated Learning with Personalization Layers", 2019, Algorithms 1
// and 2: the last layers of the model are each client's own, W_P, and stay with it. The base layers, W_B, are averaged.
// With n = Σ n_k over the cohort:
//
//   each client k:  (W_B, W_P,k) ← SGD from (W_B, W_P,k) on its own examples
//   the server:     W_B ← Σ (n_k / n) W_B,k
//
// What stays is neither sent nor received.
import { required } from '@starling/federated-core/plan';
import { type PersonalWeights, personalKind } from '../models/model-parts.js';
import { type AlgorithmOptions, checkAlgorithm } from './algorithm-options.js';
import { type PersonalProcess, personalAveraging } from './personal-averaging.js';

export interface FedPerOptions<W extends string = string> extends AlgorithmOptions<W> {
  /** W_P: names of weights or layers, such as `['dense_2']`, or a function of a weight's name. */
  readonly personal: PersonalWeights;
}

/**
 * The process whose clients hold `{ data }` and keep their own weights, which begin as those of the model. Its state
 * and metrics are those of `federatedAveraging` on the others, which `model` of the process has; `personalEvaluation`
 * of the process measures what clients have. Throws a `RangeError` if `personal` is none or all of what is trained.
 */
export function fedPer<W extends string>(options: FedPerOptions<W>): PersonalProcess {
  const action = 'Cannot average by FedPer';
  checkAlgorithm(action, options, { personal: required(personalKind) });
  return personalAveraging('FedPer', action, options, options.personal);
}
