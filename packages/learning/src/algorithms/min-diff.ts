// MinDiff: Prost, Qian, Chen, Chi, Chen, Beutel, "Toward a Better Trade-off between Performance and Fairness with
// Kernel-based Distribution Matching", 2019 (arXiv:1910.11779): the loss, and how far the scores of two groups are
// apart, by the maximum mean discrepancy. Clients that hold one group alone cannot work that out; but with features φ
// of a score whose products are the kernel, as random features have it (Rahimi, Recht, "Random Features for Large-Scale
// Kernel Machines", NeurIPS 2007), it is the distance of two means, which are sums. With n_a the cohort's examples of
// group a among those compared:
//
//   each client k:  in the first phase, Σ φ(s_i) of its examples of either group, and their numbers
//   the server:     d = mean φ of the one group − mean φ of the other, so that MMD² = ‖d‖²
//   each client k:  trains by the losses ℓ_i ± 2 γ (n / n_a) d · φ(s_i), plus for the one group, minus for the other
//   the server:     w_{t+1} = w_t + Σ (n_k / n) (w_k − w_t)
//
// The gradient of these losses at w_t is that of the pooled F + γ MMD², so that one full batch is a step along it. The
// kernel is exp(−(s − s′)² / 0.1²), the default of TensorFlow's model remediation; the frequencies are those of its
// Fourier series, which for scores from 0 to 1 is exact in float32.
import { nothing } from '@starling/aggregators';
import { localComputation, tf } from '@starling/compute';
import { type AnyServerValue, federatedMap, field, float32, struct } from '@starling/federated-core';
import { oneOf, optionError, required } from '@starling/federated-core/plan';
import { type Guidance, guidedWork } from '../client-work/guided-work.js';
import { trainingWork } from '../client-work/training-work.js';
import { learningProcess } from '../compose/learning-process.js';
import type { LearningProcess } from '../compose/learning-types.js';
import { kernelFeatures } from '../fairness/kernel-features.js';
import { type TrainingGroups, trainingGroups } from '../fairness/training-groups.js';
import type { Batch, Model } from '../model/model.js';
import { nonNegative } from '../options/option-ranges.js';
import type { Tensors } from '../tensors/tensors.js';
import { type AlgorithmOptions, checkAlgorithm, commonOf, trainingOf } from './algorithm-options.js';

export interface MinDiffOptions<W extends string = string> extends Omit<AlgorithmOptions<W>, 'weighting'> {
  /** A column and two of its values: `{ sex: ['female', 'male'] }`. */
  readonly by: TrainingGroups;
  /** γ, how much the distance counts, at least 0. */
  readonly strength: number;
  /**
   * Whose scores are compared: examples whose label (`batch.y`) is 0 or 1, or `all`. `positive` evens out true positive
   * rates, `negative` false positive rates, `all` selection rates.
   */
  readonly among: 'positive' | 'negative' | 'all';
  /** What the model gives; `logits` by default, whose sigmoid is the score. */
  readonly scores?: 'logits' | 'probabilities';
}

/**
 * The process; options and metrics as of `federatedAveraging`, and `discrepancy`, the MMD of the round's cohort before
 * training: from 0 to √2. A cohort in which a group has no example trains by the loss alone. Throws a `RangeError` if
 * an option is out of range.
 */
export function minDiff<W extends string>(options: MinDiffOptions<W>): LearningProcess<W> {
  const own = {
    by: true,
    strength: required(nonNegative),
    among: required(oneOf('positive', 'negative', 'all')),
    scores: oneOf('logits', 'probabilities'),
  } as const;
  checkAlgorithm(ACTION, options, own, {
    weighting: 'Examples decide',
    kernel: 'It is Gaussian, of width 0.1',
  });
  return learningProcess({
    name: 'MinDiff',
    clientWork: guidedWork(trainingWork(trainingOf(options, options.clientOptimizer)), (model) =>
      minDiffGuidance(model, options),
    ),
    ...commonOf(options),
  });
}

const ACTION = 'Cannot train by MinDiff';

function minDiffGuidance(
  model: Model,
  { by, strength, among, scores = 'logits' }: Pick<MinDiffOptions, 'by' | 'strength' | 'among' | 'scores'>,
): Guidance {
  const groups = trainingGroups(ACTION, model, by);
  if (groups.size !== 2) throw optionError(`${ACTION}: by must have two values, got ${groups.size}`);
  if (model.outputs === undefined) {
    throw optionError(`${ACTION}: need a model that says what it gives, got ${model.name} without outputs`);
  }
  const outputs = model.outputs.bind(model);
  const { size, of: featuresOf } = kernelFeatures(WIDTH);
  const scoresOf = (weights: Tensors, batch: Batch): tf.Tensor => {
    const flat = tf.reshape(tf.cast(outputs(weights, batch), 'float32'), [-1]);
    return scores === 'logits' ? tf.sigmoid(flat) : flat;
  };
  /** float32 [B, 2]: 1 in the group of each example that is compared. */
  const comparedOf = (batch: Batch): tf.Tensor => {
    const own = groups.of(batch);
    if (among === 'all') return own;
    const { y } = batch as { readonly y: tf.Tensor };
    const isPositive = tf.greater(tf.cast(tf.reshape(y, [-1, 1]), 'float32'), 0.5);
    return tf.mul(own, tf.cast(among === 'positive' ? isPositive : tf.logicalNot(isPositive), 'float32'));
  };
  // For each group: its number of examples, and the sum of their features.
  const sums = float32(2, size + 1);
  const guide = float32(2, size);
  const guided = localComputation(
    { sums, examples: float32() },
    ({ sums: found, examples }) => {
      const counts = tf.slice(found, [0, 0], [2, 1]);
      const [one, other] = tf.unstack(tf.divNoNan(tf.slice(found, [0, 1], [2, size]), counts)) as [
        tf.Tensor,
        tf.Tensor,
      ];
      const hasBoth = tf.cast(tf.greater(tf.min(counts), 0), 'float32');
      const apart = tf.mul(tf.sub(one, other), hasBoth);
      const shares = tf.mul(tf.divNoNan(tf.fill([2, 1], 2 * strength), counts), examples);
      const signed = tf.mul(shares, tf.tensor2d([1, -1], [2, 1]));
      return {
        guide: tf.mul(signed, tf.expandDims(apart, 0)),
        discrepancy: tf.sqrt(tf.sum(tf.square(apart))),
      };
    },
    { name: 'distance of two groups', result: struct({ guide, discrepancy: float32() }) },
  );
  return {
    name: 'MinDiff',
    measures: 'discrepancy',
    sums,
    terms: (weights, batch) => {
      const features = featuresOf(scoresOf(weights, batch));
      const [rows] = features.shape as [number, number];
      const counted = tf.concat([tf.ones([rows, 1]), features], 1);
      return tf.mul(tf.expandDims(comparedOf(batch), 2), tf.expandDims(counted, 1));
    },
    guide,
    added: (direction, weights, batch) => {
      const own = tf.matMul(comparedOf(batch) as tf.Tensor2D, direction as tf.Tensor2D);
      return tf.sum(tf.mul(own, featuresOf(scoresOf(weights, batch))), 1);
    },
    start: nothing,
    step: (state, found, examples) => {
      const next = federatedMap(guided, { sums: found, examples });
      return {
        state,
        guide: field(next, 'guide') as AnyServerValue,
        measured: field(next, 'discrepancy') as AnyServerValue,
      };
    },
  };
}

const WIDTH = 0.1;
