// FedMinMax: Papadaki, Martinez, Bertran, Sapiro, Rodrigues, "Minimax Demographic Group Fairness in Federated
// Learning", FAccT 2022 (arXiv:2201.08304), Algorithm 1: the model for the worst mixture of groups of examples, as AFL
// has it of clients. With L_a the mean loss over the cohort's n_a examples of group a, n = Σ n_a, and Π onto the
// simplex:
//
//   each client k:  w_k is what training makes of w_t, by losses that count λ_a / (n_a / n) for an example of group a
//   the server:     w_{t+1} = w_t + Σ (n_k / n) (w_k − w_t),  λ_{t+1} = Π(λ_t + η L(w_t))
//
// With one full batch, as in the paper, that is a step along the gradient of Σ λ_a L_a. A round has two phases: sums by
// group go up, then what clients make of them. No client needs examples of more than one group.
import { localComputation, tf } from '@starling/compute';
import {
  type AnyServerValue,
  federatedMap,
  federatedValue,
  field,
  float32,
  struct,
  tensor,
} from '@starling/federated-core';
import { required } from '@starling/federated-core/plan';
import { type Guidance, guidedWork } from '../client-work/guided-work.js';
import { trainingWork } from '../client-work/training-work.js';
import { learningProcess } from '../compose/learning-process.js';
import type { LearningProcess } from '../compose/learning-types.js';
import { type TrainingGroups, trainingGroups } from '../fairness/training-groups.js';
import type { Model } from '../model/model.js';
import { nonNegative } from '../options/option-ranges.js';
import { onSimplex } from '../tensors/simplex.js';
import { type AlgorithmOptions, checkAlgorithm, commonOf, trainingOf } from './algorithm-options.js';

export interface FedMinMaxOptions<W extends string = string> extends Omit<AlgorithmOptions<W>, 'weighting'> {
  /** The column and its values that make groups: `{ sex: ['female', 'male'] }`. Other examples do not count. */
  readonly by: TrainingGroups;
  /** η, the step of the mixture, at least 0. */
  readonly mixtureStep: number;
}

/**
 * The process; options and metrics as of `federatedAveraging`, and the `mixture` of the round, which starts even. A
 * group without an example in the cohort has no loss in that round. Throws a `RangeError` if an option is out of range.
 */
export function fedMinMax<W extends string>(options: FedMinMaxOptions<W>): LearningProcess<W> {
  const own = { by: true, mixtureStep: required(nonNegative) } as const;
  checkAlgorithm('Cannot train for groups', options, own, { weighting: 'Mixture and examples decide' });
  const { by, mixtureStep } = options;
  return learningProcess({
    name: 'FedMinMax',
    clientWork: guidedWork(trainingWork(trainingOf(options, options.clientOptimizer)), (model) =>
      minMaxGuidance(model, by, mixtureStep),
    ),
    ...commonOf(options),
  });
}

function minMaxGuidance(model: Model, by: TrainingGroups, mixtureStep: number): Guidance {
  const groups = trainingGroups('Cannot train for groups', model, by);
  const { size } = groups;
  const sums = float32(2, size);
  const climb = localComputation(
    { mixture: float32(size), sums, examples: float32() },
    ({ mixture, sums: found, examples }) => {
      const [losses, counts] = tf.unstack(found) as [tf.Tensor, tf.Tensor];
      const means = tf.divNoNan(losses, counts);
      return {
        mixture: onSimplex(tf.add(mixture, tf.mul(means, mixtureStep))),
        guide: tf.mul(tf.divNoNan(mixture, counts), examples),
      };
    },
    { name: 'mixture of groups', result: struct({ mixture: float32(size), guide: float32(size) }) },
  );
  return {
    name: 'FedMinMax',
    measures: 'mixture',
    sums,
    terms: (_weights, batch, { losses }) => {
      const own = groups.of(batch);
      return tf.stack([tf.mul(own, tf.expandDims(losses, 1)), own], 1);
    },
    guide: float32(size),
    // What is more, or less, than the loss itself.
    added: (guide, _weights, batch, { losses }) =>
      tf.mul(losses, tf.sub(tf.sum(tf.mul(groups.of(batch), guide), 1), 1)),
    start: () => {
      const even = tensor('float32', [size], new Float32Array(size).fill(1 / size));
      return federatedValue(even, 'SERVER', float32(size));
    },
    step: (mixture, found, examples) => {
      const next = federatedMap(climb, { mixture, sums: found, examples });
      return {
        state: field(next, 'mixture') as AnyServerValue,
        guide: field(next, 'guide') as AnyServerValue,
        measured: mixture,
      };
    },
  };
}
