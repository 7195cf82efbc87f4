// q-FedAvg: Li, Sanjabi, Beirami, Smith, "Fair Resource Allocation in Federated Learning", ICLR 2020, Algorithm 2:
// clients with a larger loss count for more, the more so the larger q is. With L = 1/η:
//
//   each client k:  Δw_k = L (w_t − w_k),  Δ_k = F_k(w_t)^q Δw_k,  h_k = q F_k(w_t)^(q−1) ‖Δw_k‖² + L F_k(w_t)^q
//   the server:     w_{t+1} = w_t − Σ Δ_k / Σ h_k
//
// Two sums, and so a mean: of −Δ_k / h_k, by the weights h_k. To each F_k the authors' code adds 1e-10, so that a
// client without loss has a weight, too.
import { localComputation, tf } from '@starling/compute';
import {
  type AnyClientsValue,
  federatedMap,
  field,
  type LocalComputation,
  startOf,
  stepOf,
} from '@starling/federated-core';
import { checkOptions, numberWithin, required } from '@starling/federated-core/plan';
import { trainingWork } from '../client-work/training-work.js';
import { learningProcess } from '../compose/learning-process.js';
import type { LearningProcess } from '../compose/learning-types.js';
import { evaluationWork } from '../evaluation/evaluation-work.js';
import type { Model } from '../model/model.js';
import { sgd } from '../optimizers/sgd.js';
import { nonNegative } from '../options/option-ranges.js';
import { type ClientWork, workOf } from '../parts/client-work.js';
import { mapTensors, pickTensors, type Tensors } from '../tensors/tensors.js';
import { meansOfTotals, totalsType } from '../work/totals.js';
import {
  type ClientTraining,
  COMMON,
  type CommonOptions,
  commonOf,
  ELSEWHERE,
  TRAINING,
  trainingOf,
} from './algorithm-options.js';

export interface QFedAvgOptions<W extends string = string>
  extends CommonOptions<W>,
    Omit<ClientTraining, 'weighting'> {
  /** At least 0: 0 counts all clients the same, and as q grows the worst client counts alone. */
  readonly q: number;
  /** η of the clients' SGD, above 0; 1/η is the paper's L. */
  readonly learningRate: number;
}

/**
 * The process; options and metrics as of `federatedAveraging`. Clients count by their losses, and not by their numbers
 * of examples, by which the paper draws the cohort.
 */
export function qFedAvg<W extends string>(options: QFedAvgOptions<W>): LearningProcess<W> {
  const { weighting, ...training } = TRAINING;
  checkOptions<object>(
    'Cannot average by q-FedAvg',
    options,
    {
      ...COMMON,
      ...training,
      q: required(nonNegative),
      learningRate: required(numberWithin({ above: 0, float32: true })),
    } as object,
    {
      ...ELSEWHERE,
      clientOptimizer: 'Clients train by SGD: give learningRate',
      weighting: 'Losses and q decide',
    },
  );
  const { q, learningRate } = options;
  const optimizer = sgd({ learningRate });
  return learningProcess({
    name: 'q-FedAvg',
    clientWork: qFairWork(trainingWork(trainingOf(options, optimizer)), { q, learningRate }),
    ...commonOf(options),
  });
}

/** `inner` whose clients count by the losses of the weights that they received. */
export function qFairWork(
  inner: ClientWork,
  fairness: { readonly q: number; readonly learningRate: number },
): ClientWork {
  const name = `q-fair ${inner.name}`;
  return {
    name,
    create: (model) => {
      const process = inner.create(model);
      const evaluate = evaluationWork({ model, batchSize: 100 });
      const weigh = fairWeight(model, fairness);
      return workOf({
        name,
        model,
        start: () => startOf(process),
        step: (before, { weights, data }) => {
          const { state, result, measurements } = stepOf(process, before, { weights, data });
          const totals = federatedMap(evaluate, { weights, data });
          const fair = federatedMap(weigh, { change: field(result, 'value') as AnyClientsValue, totals });
          return {
            state,
            result: { value: field(fair, 'value'), weight: field(fair, 'weight') },
            measurements,
          };
        },
      });
    },
  };
}

/**
 * (change w_k − w_t, totals of the loss) → value −Δ_k / h_k and weight h_k; weight 0 without examples. Weights that are
 * not trained by gradients keep their change.
 */
function fairWeight(
  model: Model,
  { q, learningRate }: { readonly q: number; readonly learningRate: number },
): LocalComputation {
  const lipschitz = 1 / learningRate;
  return localComputation(
    { change: model.weights, totals: totalsType(model) },
    (given) => {
      const { change, totals } = given as unknown as { readonly change: Tensors; readonly totals: Tensors };
      const { loss, examples } = meansOfTotals(model, totals) as {
        readonly loss: tf.Tensor;
        readonly examples: tf.Tensor;
      };
      const risk = tf.add(loss, 1e-10);
      const squares = model.trainable.map((weight) => tf.sum(tf.square(change[weight] as tf.Tensor)));
      const length = tf.mul(tf.addN(squares), lipschitz ** 2);
      const scale = tf.mul(tf.pow(risk, q), lipschitz);
      const h = tf.add(tf.mul(tf.mul(tf.pow(risk, q - 1), q), length), scale);
      return {
        value: {
          ...change,
          ...mapTensors((one) => tf.mul(one, tf.divNoNan(scale, h)), pickTensors(change, model.trainable)),
        },
        weight: tf.where(tf.greater(examples, 0), h, tf.zerosLike(h)),
      };
    },
    { name: 'fair weight' },
  );
}
