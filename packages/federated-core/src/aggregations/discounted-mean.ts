// `federatedDiscountedMean` in a plan: a mean in which what is stale counts for less. The accumulator is that of a
// mean; the total is of whole weights, so that a cohort of stale updates moves the server less far.
import { leafTypes } from '../types/leaves.js';
import { defineAggregation } from './definition.js';
import { meanReduction } from './mean.js';
import type { Discount } from './settings.js';

/** Update <T, weight>. */
export const discountedMeanAggregation = defineAggregation({
  kind: 'discounted-mean',
  settings: { discount: 'by-staleness' },
  weighted: true,
  discounts: true,
  reduction: (aggregation, { discount }, { vectors }) =>
    meanReduction(aggregation, leafTypes(aggregation.update).length - 1, vectors, (staleness) =>
      discountFactor(discount, staleness),
    ),
});

/** What is left of an update that is so many steps old, from 0 to 1: 1 of one that is none. */
export function discountFactor(discount: Discount, staleness: number): number {
  if (typeof discount === 'number') return (1 + staleness) ** -discount;
  return discount[Math.min(staleness, discount.length - 1)]!;
}
