// The mean of asynchronous rounds, in which an update counts for less the staler it is: Nguyen, Malik, Zhan,
// Yousefpour, Rabbat, Malek, Huba, "Federated Learning with Buffered Asynchronous Aggregation", AISTATS 2022, Algorithm
// 1 and section 5. With τ_i the steps that were taken since the weights that update i was computed from:
//
//   g = Σ w_i s(τ_i) x_i / Σ w_i,  s(τ) = 1/√(1 + τ)
import { federatedDiscountedMean, federatedMap } from '@starling/federated-core';
import { checkOptions, describeValue, kinds, optionError } from '@starling/federated-core/plan';
import type { Aggregator } from '../aggregator/aggregator.js';
import { stateless } from '../aggregator/stateless.js';
import { signOfWeight } from './mean-aggregator.js';

export interface DiscountedMeanAggregatorOptions {
  /**
   * What is left of an update that is τ steps old: a number a for 1/(1 + τ)^a, or a list with the factors of τ = 0, 1,
   * …, from 0 to 1, of which the last holds for all that is older. Default ½; 0 for no discount.
   */
  readonly discount?: number | readonly number[];
  /** Whether updates count by the weight that is sent with them (the default), or the same wherever that is above 0. */
  readonly weighted?: boolean;
}

/** In synchronous rounds, where nothing is stale, it is `meanAggregator({ weighted })`. */
export function discountedMean(options: DiscountedMeanAggregatorOptions = {}): Aggregator {
  const action = 'Cannot average stale updates';
  checkOptions(action, options, { discount: true, weighted: kinds.flag });
  const { discount = 0.5, weighted = true } = options;
  const isFactor = (factor: unknown): boolean => typeof factor === 'number' && factor >= 0 && factor <= 1;
  const isDiscount = Array.isArray(discount)
    ? discount.length > 0 && discount.every(isFactor)
    : typeof discount === 'number' && Number.isFinite(discount) && discount >= 0;
  if (!isDiscount) {
    throw optionError(
      `${action}: discount must be an exponent of at least 0, or a list of factors from 0 to 1, got ${describeValue(discount)}`,
    );
  }
  if (Array.isArray(discount) && discount[0] === 0) {
    throw optionError(
      `${action}: the first factor of discount is of an update that is not stale, and must be above 0, or nothing is learned, got [${discount.join(', ')}]`,
    );
  }
  const name = weighted ? 'discounted weighted mean' : 'discounted mean';
  return {
    name,
    reveals: 'sums',
    sensitivity: null,
    create: (update) =>
      stateless(name, update, ({ value, weight }) =>
        federatedDiscountedMean(value, {
          discount,
          weight: weighted ? weight : federatedMap(signOfWeight, { weight }),
        }),
      ),
  };
}
