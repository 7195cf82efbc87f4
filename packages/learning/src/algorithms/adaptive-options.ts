// The options of FedAdagrad, FedAdam and FedYogi, named as in Reddi et al., ICLR 2021, Algorithm 2.
import { numberWithin, required } from '@starling/federated-core/plan';
import { type LearningRate, learningRateKind } from '../optimizers/learning-rate.js';
import { fraction } from '../options/option-ranges.js';
import { type AlgorithmOptions, checkAlgorithm } from './algorithm-options.js';

export interface AdaptiveOptions<W extends string = string> extends AlgorithmOptions<W> {
  /** η, the rate of the server: a number, or a schedule over the rounds. */
  readonly serverLearningRate: LearningRate;
  /** β1, from 0 to below 1; 0.9 by default. */
  readonly beta1?: number;
  /** β2, from 0 to below 1; 0.99 by default. */
  readonly beta2?: number;
  /** τ, how adaptive the steps are: the smaller, the more; above 0, and 1e-3 by default, which the paper finds best. */
  readonly tau?: number;
}

/** Throws a `RangeError` if an option is unknown or out of its range. */
export function checkAdaptive(
  action: string,
  options: AdaptiveOptions,
  { hasBeta2 = true }: { readonly hasBeta2?: boolean } = {},
): void {
  // Its square is what v starts from, and must not be 0 in float32.
  const tau = numberWithin({ from: 1e-18, float32: true });
  const own = { serverLearningRate: required(learningRateKind), beta1: fraction, tau } as const;
  checkAlgorithm(action, options, (hasBeta2 ? { ...own, beta2: fraction } : own) as never);
}

/** The options of `fedOpt`, the rates of the server's optimizer, and what τ decides. */
export function adaptive<W extends string>(options: AdaptiveOptions<W>) {
  const { serverLearningRate, beta1 = 0.9, beta2 = 0.99, tau = 1e-3, ...others } = options;
  return {
    others: others as AlgorithmOptions<W>,
    rates: { learningRate: serverLearningRate, beta1, beta2 },
    tau: { epsilon: tau, initialAccumulator: tau ** 2 },
  };
}
