// `federatedDiscountedMean`: a mean for rounds that do not wait, in which an update counts for less the staler it is:
// Nguyen, Malik, Zhan, Yousefpour, Rabbat, Malek, Huba, "Federated Learning with Buffered Asynchronous Aggregation",
// AISTATS 2022, section 5: s(τ) = 1/√(1 + τ).
import { discountedMeanAggregation } from '../../aggregations/discounted-mean.js';
import type { Discount } from '../../aggregations/settings.js';
import { describeValue } from '../../errors/describe-value.js';
import { atLocation, sourceLocation } from '../../errors/source-location.js';
import { StarlingError } from '../../errors/starling-error.js';
import type { AnyClientsValue, ServerResult } from '../../expression/placed-values.js';
import { type Disclosure, float32, type Type } from '../../types/types.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import { ifEmptyLeaves } from '../framework/if-empty.js';
import { checkedOptions } from '../framework/options.js';
import type { Averageable } from '../framework/requirements.js';
import { federatedValue } from '../pointwise/federated-value.js';
import { federatedMeanDefinition, type MeanOptions } from './federated-mean.js';

export const federatedDiscountedMeanDefinition: AggregateIntrinsic = {
  // The reference meaning is that of one round, in which nothing is stale.
  ...federatedMeanDefinition,
  name: 'federatedDiscountedMean',
  usage: 'federatedDiscountedMean(value, { weight?, discount?, ifEmpty? })',
  summary:
    'Averages the clients’ values, each by its weight and, in asynchronous rounds, for less the staler it is: Σ w·s(τ)·x / Σ w.',
  signatures: ['(<{T}@CLIENTS,{W}@CLIENTS> -> T@SERVER)'],
  edgeCases:
    'As `federatedMean`, which it is in synchronous rounds, where τ is 0. `discount`: a number a for s(τ) = 1/(1 + τ)^a, by default ½; or a list with s(0), s(1), …, from 0 to 1, of which the last holds for all that is older.',
  kinds: ['discounted-mean'],
  kind: () => 'discounted-mean',
  settings: discountedMeanAggregation.settings,
};

export interface DiscountedMeanOptions<
  M extends Type = Type,
  W extends Type = Type,
  E extends Disclosure = Disclosure,
> extends MeanOptions<M, W, E> {
  /**
   * What is left of an update that is τ steps old: a number a ≥ 0 for 1/(1 + τ)^a, or a list with the factors of τ = 0,
   * 1, …, from 0 to 1, of which the last holds for all that is older. Default ½.
   */
  readonly discount?: Discount;
}

/**
 * The mean of the clients' values, weighted by `weight`, where a value that is stale adds less to the sum and all of
 * its weight to the total. In synchronous rounds it is `federatedMean`. A process with one of these, and one round
 * trip, can be run asynchronously.
 */
export function federatedDiscountedMean<
  M extends Type,
  D extends Disclosure,
  W extends Type = Type,
  E extends Disclosure = 'aggregated',
>(
  value: AnyClientsValue<M, D> & Averageable<M>,
  options: DiscountedMeanOptions<M, W, E> = {},
): ServerResult<M, D | E> {
  const { name } = federatedDiscountedMeanDefinition;
  const { weight, discount = 0.5 } = checkedOptions(name, options, ['weight', 'discount', 'ifEmpty']);
  if (weight === undefined && Object.hasOwn(options, 'weight')) {
    throw bad('weight must be a federated value, got undefined. Without a weight it is left out');
  }
  if (!isDiscount(discount)) {
    throw bad(
      `discount must be an exponent of at least 0, or a list of factors from 0 to 1, got ${describeValue(discount)}`,
    );
  }
  if (Array.isArray(discount) && discount[0] === 0) {
    throw bad(
      `the first factor of discount is of a value that is not stale, and must be above 0, or nothing counts, got [${discount.join(', ')}]`,
    );
  }
  return applyIntrinsic(
    federatedDiscountedMeanDefinition,
    [value, weight ?? federatedValue(1, 'CLIENTS', float32())],
    { ...ifEmptyLeaves(name, value, options), numbers: { discount } },
  );
}

function isDiscount(discount: unknown): discount is Discount {
  const isWithin = (factor: unknown): boolean => typeof factor === 'number' && factor >= 0 && factor <= 1;
  if (Array.isArray(discount)) return discount.length > 0 && discount.every(isWithin);
  return typeof discount === 'number' && Number.isFinite(discount) && discount >= 0;
}

function bad(reason: string): StarlingError {
  const where = atLocation(sourceLocation());
  return new StarlingError(
    'bad-setting',
    `Cannot apply ${federatedDiscountedMeanDefinition.name}: ${reason}${where}`,
  );
}
