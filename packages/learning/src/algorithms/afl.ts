// AFL, agnostic federated learning: Mohri, Sivek, Suresh, "Agnostic Federated Learning", ICML 2019, Algorithm 1: the
// model for the worst mixture of domains. With L_d the mean loss over the cohort's examples of domain d, n_d their
// number, and Δ_p the simplex of p domains:
//
//   each client k:  w_k is what training makes of w_t; it counts by λ_d n_k / n_d, where d is its domain
//   the server:     w_{t+1} = w_t + the mean of w_k − w_t,  λ_{t+1} = Π(λ_t + γ L(w_t))
//
// where Π projects onto the simplex. A round has two phases: sums by domain go up, then what clients make of them.
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
  int32,
  sequence,
  startOf,
  stepOf,
  struct,
  tensor,
} from '@starling/federated-core';
import { count, optionError, required } from '@starling/federated-core/plan';
import { trainingWork } from '../client-work/training-work.js';
import { learningProcess } from '../compose/learning-process.js';
import type { LearningProcess } from '../compose/learning-types.js';
import { evaluationWork } from '../evaluation/evaluation-work.js';
import type { Model } from '../model/model.js';
import { nonNegative } from '../options/option-ranges.js';
import { type ClientWork, workOf } from '../parts/client-work.js';
import { fieldsOf } from '../parts/fields-of.js';
import { onSimplex } from '../tensors/simplex.js';
import { totalsType } from '../work/totals.js';
import { type AlgorithmOptions, checkAlgorithm, commonOf, trainingOf } from './algorithm-options.js';

export interface Domains {
  /** p: how many domains there are. */
  readonly domains: number;
  /** γ, the step of the mixture, at least 0. */
  readonly mixtureStep: number;
}

export interface AflOptions<W extends string = string>
  extends Omit<AlgorithmOptions<W>, 'weighting'>,
    Domains {}

/**
 * The process whose clients hold `{ data, domain }`: a sequence of the model's examples, and an int32 from 0 to
 * `domains` − 1; a client with another number is refused. The mixture starts even, is `clientWork.mixture` of the
 * state, and stands in the metrics. A domain without an example in the cohort has no loss in that round.
 */
export function afl<W extends string>(options: AflOptions<W>): LearningProcess<W> {
  const own = { domains: required(count), mixtureStep: required(nonNegative) };
  checkAlgorithm('Cannot train for domains', options, own, {
    weighting: 'Mixture and examples decide',
  });
  return learningProcess({
    name: 'AFL',
    clientWork: agnosticWork(trainingWork(trainingOf(options, options.clientOptimizer)), options),
    ...commonOf(options),
  });
}

/** `inner` whose clients count by what the mixture makes of their domains. */
export function agnosticWork(inner: ClientWork, { domains, mixtureStep }: Domains): ClientWork {
  const name = `agnostic ${inner.name}`;
  return { name, create };

  function create(model: Model) {
    if (model.metrics.includes('mixture')) {
      throw optionError(
        `Cannot make ${name}: a metric must have another name than 'mixture', which is what the domains count, got it in the metrics of ${model.name}`,
      );
    }
    const process = inner.create(model);
    const evaluate = evaluationWork({ model, batchSize: 100 });
    const split = byDomain(model, domains);
    const climb = mixtureAfter({ domains, mixtureStep });
    const weigh = weightIn(domains);
    return workOf({
      name,
      model,
      held: { data: sequence(model.example), domain: int32() },
      start: () => {
        const even = tensor('float32', [domains], new Float32Array(domains).fill(1 / domains));
        return federatedZip({
          inner: startOf(process),
          mixture: federatedValue(even, 'SERVER', float32(domains)),
        });
      },
      step: (before, { weights, data, domain }) => {
        const mixture = field(before, 'mixture') as AnyServerValue;
        const totals = federatedMap(evaluate, { weights, data });
        const own = federatedMap(split, { totals, domain: domain as AnyClientsValue });
        const sums = federatedSum(own);
        const shares = federatedBroadcast(federatedZip({ mixture, examples: field(sums, 'examples') }));
        const after = federatedMap(climb, { mixture, sums });
        const done = stepOf(process, field(before, 'inner') as AnyServerValue, { weights, data });
        return {
          state: federatedZip({ inner: done.state, mixture: after }),
          result: {
            value: field(done.result, 'value') as AnyClientsValue,
            weight: federatedMap(weigh, { own: field(own, 'examples'), shares }),
          },
          measurements: federatedZip({ ...fieldsOf(done.measurements), mixture }),
        };
      },
    });
  }
}

const sumsType = (domains: number) => struct({ loss: float32(domains), examples: float32(domains) });

/** (totals, domain) → loss and examples at the client's domain, 0 elsewhere; NaN of a domain that is none. */
const byDomain = (model: Model, domains: number) =>
  localComputation(
    { totals: totalsType(model), domain: int32() },
    ({ totals, domain }) => {
      const { loss, examples } = totals as unknown as {
        readonly loss: tf.Tensor;
        readonly examples: tf.Tensor;
      };
      const isOne = tf.logicalAnd(tf.greaterEqual(domain, 0), tf.less(domain, domains));
      const place = tf.cast(tf.equal(tf.range(0, domains, 1, 'int32'), domain), 'float32');
      const known = tf.where(isOne, place, tf.fill([domains], Number.NaN));
      return { loss: tf.mul(known, loss), examples: tf.mul(known, examples) };
    },
    { name: 'by domain', result: sumsType(domains) },
  );

/** (mixture, sums) → the mixture after a step along the domains' mean losses. */
const mixtureAfter = ({ domains, mixtureStep }: Domains) =>
  localComputation(
    { mixture: float32(domains), sums: sumsType(domains) },
    ({ mixture, sums }) =>
      onSimplex(tf.add(mixture, tf.mul(tf.divNoNan(sums.loss, sums.examples), mixtureStep))),
    { name: 'mixture', result: float32(domains) },
  );

/** (own: a client's examples by domain; shares) → Σ λ_d n_k / n_d, with one term. */
const weightIn = (domains: number) =>
  localComputation(
    { own: float32(domains), shares: struct({ mixture: float32(domains), examples: float32(domains) }) },
    ({ own, shares }) => tf.sum(tf.mul(shares.mixture, tf.divNoNan(own, shares.examples))),
    { name: 'weight in the mixture', result: float32() },
  );
