// FairFed: Ezzeldin, Yan, He, Ferrara, Avestimehr, "FairFed: Enabling Group Fairness in Federated Learning", AAAI 2023,
// Algorithm 1: a client counts for more whose own gap between two groups is near that of all. With F a difference of
// rates between the groups, of all examples and of client k, and Acc accuracies, all of w_t, for K clients:
//
//   each client k:  Δ_k = |F − F_k|, or |Acc − Acc_k| where F or F_k is not defined
//                   ω_k ← ω_k − β (Δ_k − Σ Δ_i / K),   from ω_k = n_k / n in its first round
//   the server:     w_{t+1} = w_t + Σ ω_k (w_k − w_t) / Σ ω_k
//
// ω_k stays with its client: F, Acc and the mean of Δ are sums, so that no server sees a client's own gap. A round has
// three phases. A weight below 0 counts for nothing.
import { localComputation, tf } from '@starling/compute';
import {
  type AnyClientsValue,
  type AnyServerValue,
  federatedBroadcast,
  federatedMap,
  federatedSum,
  federatedValue,
  federatedZip,
  field,
  float32,
  startOf,
  stepOf,
  struct,
} from '@starling/federated-core';
import { oneOf, optionError, required } from '@starling/federated-core/plan';
import { trainingWork } from '../client-work/training-work.js';
import { learningProcess } from '../compose/learning-process.js';
import type { LearningProcess } from '../compose/learning-types.js';
import { evaluationWork } from '../evaluation/evaluation-work.js';
import { type TrainingGroups, trainingGroups } from '../fairness/training-groups.js';
import type { Batch, Model } from '../model/model.js';
import { nonNegative } from '../options/option-ranges.js';
import { type ClientWork, workOf } from '../parts/client-work.js';
import { fieldsOf } from '../parts/fields-of.js';
import type { Tensors } from '../tensors/tensors.js';
import { totalsType } from '../work/totals.js';
import { type AlgorithmOptions, checkAlgorithm, commonOf, trainingOf } from './algorithm-options.js';

export interface FairFedOptions<W extends string = string> extends Omit<AlgorithmOptions<W>, 'weighting'> {
  /** A column and two of its values: `{ sex: ['female', 'male'] }`. */
  readonly by: TrainingGroups;
  /** β, at least 0; at 0 clients count by the examples of their first round. */
  readonly fairnessStep: number;
  /** Whose rates of being taken for positive are compared: of `positive` examples (the default), or of `all`. */
  readonly among?: 'positive' | 'all';
  /** What the model gives; `logits` by default, of which those above 0 are taken for positive. */
  readonly scores?: 'logits' | 'probabilities';
}

/**
 * The process; options and metrics as of `federatedAveraging`, and `gap`, F of the round's cohort before training (0
 * where a group has no example). Clients keep ω. Labels are `batch.y`, 0 or 1. Throws a `RangeError` if an option is
 * out of range.
 */
export function fairFed<W extends string>(options: FairFedOptions<W>): LearningProcess<W> {
  const own = {
    by: true,
    fairnessStep: required(nonNegative),
    among: oneOf('positive', 'all'),
    scores: oneOf('logits', 'probabilities'),
  } as const;
  checkAlgorithm(ACTION, options, own, { weighting: 'Gaps decide', beta: 'It is called fairnessStep here' });
  return learningProcess({
    name: 'FairFed',
    clientWork: weighedByGap(trainingWork(trainingOf(options, options.clientOptimizer)), options),
    ...commonOf(options),
  });
}

const ACTION = 'Cannot train by FairFed';
/** For each group its examples and how many of them are taken for positive; at last, how many are right. */
const SUMS = 5;
const GAPS = 'gaps';
const rule = struct({ gap: float32(), accuracy: float32(), hasGap: float32(), examples: float32() });

type Rule = Pick<FairFedOptions, 'by' | 'fairnessStep' | 'among' | 'scores'>;

/** `inner`, whose clients weigh what they send by ω. */
function weighedByGap(inner: ClientWork, { by, fairnessStep, among, scores }: Rule): ClientWork {
  const name = `${inner.name} weighed by gaps`;
  return {
    name,
    create: (model) => {
      const process = inner.create(model);
      const counted = countedModel(model, by, among ?? 'positive', scores ?? 'logits');
      const measure = evaluationWork({ model: counted, batchSize: 100 });
      const totals = totalsType(counted);
      const read = localComputation(
        { totals },
        (given) => rulesOf((given as unknown as { readonly totals: Tensors }).totals),
        { name: 'gap and accuracy', result: rule },
      );
      return workOf({
        name,
        model,
        start: () => startOf(process),
        startClient: () => federatedValue({ share: 0, rounds: 0 }, 'CLIENTS', kept) as AnyClientsValue,
        step: (before, { weights, data, clientState }) => {
          const own = federatedMap(measure, { weights, data });
          const mine = federatedMap(read, { totals: own } as never) as AnyClientsValue;
          const whole = federatedMap(read, {
            totals: federatedSum(own),
          } as never) as unknown as AnyServerValue;
          const all = federatedBroadcast(whole) as AnyClientsValue;
          const off = federatedMap(discrepancy, { mine, all } as never) as AnyClientsValue;
          const mean = federatedMap(quotient, federatedSum(off) as never) as unknown as AnyServerValue;
          const moved = federatedMap(weigh(fairnessStep), {
            ...{ mine, all, off },
            mean: federatedBroadcast(mean),
            kept: clientState,
          } as never) as AnyClientsValue;
          const done = stepOf(process, before, { weights, data });
          return {
            state: done.state,
            clientState: field(moved, 'kept') as AnyClientsValue,
            result: {
              value: field(done.result, 'value') as AnyClientsValue,
              weight: field(moved, 'weight') as AnyClientsValue,
            },
            measurements: federatedZip({
              ...fieldsOf(done.measurements),
              gap: field(whole, 'gap') as AnyServerValue,
            }),
          };
        },
      });
    },
  };
}

/** What a client keeps: ω, and how many rounds it has counted in. */
const kept = struct({ share: float32(), rounds: float32() });
const spread = struct({ off: float32(), clients: float32() });

/** (mine, all) → Δ_k and 1; zeros of a client without examples. */
const discrepancy = localComputation(
  { mine: rule, all: rule },
  ({ mine, all }) => {
    const byGap = tf.greater(tf.mul(mine.hasGap, all.hasGap), 0);
    const off = tf.where(
      byGap,
      tf.abs(tf.sub(mine.gap, all.gap)),
      tf.abs(tf.sub(mine.accuracy, all.accuracy)),
    );
    const clients = tf.minimum(mine.examples, 1);
    return { off: tf.mul(off, clients), clients };
  },
  { name: 'discrepancy', result: spread },
);

const quotient = localComputation(spread, ({ off, clients }) => tf.divNoNan(off, clients), { name: 'mean' });

/** From what a client kept to what it keeps after the round, and the weight of what it sends. */
const weigh = (fairnessStep: number) =>
  localComputation(
    { mine: rule, all: rule, off: spread, mean: float32(), kept },
    ({ mine, all, off, mean, kept: before }) => {
      const first = tf.divNoNan(mine.examples, all.examples);
      const from = tf.where(tf.greater(before.rounds, 0), before.share, first);
      const share = tf.sub(from, tf.mul(tf.sub(off.off, mean), fairnessStep));
      const counts = tf.greater(off.clients, 0);
      return {
        kept: {
          share: tf.where(counts, share, before.share),
          rounds: tf.add(before.rounds, off.clients),
        },
        weight: tf.where(counts, tf.maximum(share, 0), tf.scalar(0)),
      };
    },
    { name: 'weigh by the gap', result: struct({ kept, weight: float32() }) },
  );

/** The gap, the accuracy, whether there is a gap, and the number of examples, of totals. */
function rulesOf(totals: Tensors) {
  const [inFirst, hitsFirst, inSecond, hitsSecond, right] = tf.unstack(totals[GAPS]!) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const examples = totals['examples']!;
  const hasGap = tf.cast(tf.greater(tf.minimum(inFirst, inSecond), 0), 'float32');
  const gap = tf.sub(tf.divNoNan(hitsFirst, inFirst), tf.divNoNan(hitsSecond, inSecond));
  return { gap: tf.mul(gap, hasGap), accuracy: tf.divNoNan(right, examples), hasGap, examples };
}

/** The model with the counts of gaps as its only metric. */
function countedModel(
  model: Model,
  by: TrainingGroups,
  among: 'positive' | 'all',
  scores: 'logits' | 'probabilities',
): Model {
  const groups = trainingGroups(ACTION, model, by);
  if (groups.size !== 2) throw optionError(`${ACTION}: by must have two values, got ${groups.size}`);
  if (model.outputs === undefined) {
    throw optionError(`${ACTION}: need a model that says what it gives, got ${model.name} without outputs`);
  }
  const outputs = model.outputs.bind(model);
  const terms = (weights: Tensors, batch: Batch): tf.Tensor => {
    const { y } = batch as { readonly y: tf.Tensor };
    const score = tf.reshape(tf.cast(outputs(weights, batch), 'float32'), [-1, 1]);
    const taken = tf.cast(tf.greater(score, scores === 'logits' ? 0 : 0.5), 'float32');
    const label = tf.cast(tf.greater(tf.cast(tf.reshape(y, [-1, 1]), 'float32'), 0.5), 'float32');
    const compared = among === 'all' ? groups.of(batch) : tf.mul(groups.of(batch), label);
    const [first, second] = tf.split(compared, 2, 1) as [tf.Tensor, tf.Tensor];
    const right = tf.cast(tf.equal(taken, label), 'float32');
    return tf.concat([first, tf.mul(first, taken), second, tf.mul(second, taken), right], 1);
  };
  return {
    ...model,
    metrics: [GAPS],
    sumMetrics: { [GAPS]: { sums: float32(SUMS), result: (sums) => sums } },
    forward: (weights, batch, options) => {
      const { losses, moved } = model.forward(weights, batch, options);
      return { losses, moved, metrics: { [GAPS]: terms(weights, batch) } };
    },
  };
}
