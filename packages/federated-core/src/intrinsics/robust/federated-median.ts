// `federatedMedian`: the median of each coordinate: Yin, Chen, Kannan, Bartlett, "Byzantine-Robust Distributed
// Learning: Towards Optimal Statistical Rates", ICML 2018, Definition 1.
import type { AnyClientsValue, RevealingServerValue } from '../../expression/placed-values.js';
import type { Type } from '../../types/types.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import type { Averageable } from '../framework/requirements.js';
import { applyRule, declaredByRules, type RuleOptions, referenceRule } from './rule.js';
import { meanWithoutEnds } from './without-ends.js';

export const federatedMedianDefinition: AggregateIntrinsic = {
  ...declaredByRules,
  name: 'federatedMedian',
  usage: 'federatedMedian(value, { weight?, ifEmpty? })',
  summary: 'The median of the clients’ values, element by element; of two in the middle, their mean.',
  edgeCases:
    'No clients, or all of weight 0: the round fails, or gives `ifEmpty`. Weights above 0 count alike. All that count must be of one shape.',
  kinds: ['median'],
  reference: (call, lanes) =>
    referenceRule(call, lanes, ({ rows, weights }) =>
      rows.map((leaf) => meanWithoutEnds(leaf, Math.floor((weights.length - 1) / 2))),
    ),
};

/**
 * The median of the clients' values, element by element; clients of weight 0 are left out, the others count alike. The
 * server sees single clients' values, and the type of the result says so.
 */
export function federatedMedian<M extends Type, W extends Type = Type>(
  value: AnyClientsValue<M> & Averageable<M>,
  options: RuleOptions<M, W> = {},
): RevealingServerValue<M> {
  return applyRule<M>(federatedMedianDefinition, value, options as never, {}, []);
}
