// `federatedTrimmedMean`: the mean of each coordinate without its ends: Yin, Chen, Kannan, Bartlett, "Byzantine-Robust
// Distributed Learning: Towards Optimal Statistical Rates", ICML 2018, Definition 2.
import { trimmedMeanAggregation, trimOf } from '../../aggregations/ranked.js';
import { countOrShare } from '../../errors/count-or-share.js';
import type { AnyClientsValue, RevealingServerValue } from '../../expression/placed-values.js';
import type { Type } from '../../types/types.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import type { Averageable } from '../framework/requirements.js';
import { settingsOf } from '../framework/settings.js';
import { applyRule, badRule, declaredByRules, type RuleOptions, referenceRule } from './rule.js';
import { meanWithoutEnds } from './without-ends.js';

export const federatedTrimmedMeanDefinition: AggregateIntrinsic = {
  ...declaredByRules,
  name: 'federatedTrimmedMean',
  usage: 'federatedTrimmedMean(value, { trim or trimShare, weight?, ifEmpty? })',
  summary: 'The mean of the clients’ values, element by element, without the least and the greatest.',
  edgeCases:
    'No clients, or all of weight 0: the round fails, or gives `ifEmpty`; it fails when none is left once both ends are cut. Weights above 0 count alike. All that count must be of one shape.',
  kinds: ['trimmed-mean'],
  settings: trimmedMeanAggregation.settings,
  reference: (call, lanes) =>
    referenceRule(call, lanes, ({ rows, weights }) => {
      const trim = trimOf(settingsOf(call, trimmedMeanAggregation.settings), weights.length);
      return rows.map((leaf) => meanWithoutEnds(leaf, trim));
    }),
};

export type TrimmedMeanOptions<M extends Type = Type, W extends Type = Type> = RuleOptions<M, W> &
  (
    | {
        /** How many values are cut off at each end, an integer from 0. */
        readonly trim: number;
        readonly trimShare?: never;
      }
    | {
        readonly trim?: never;
        /** Which share of the values is cut off at each end, from 0 to below 0.5; rounded down to a number of them. */
        readonly trimShare: number;
      }
  );

/**
 * The mean of the clients' values, element by element, without as many of the least and of the greatest; clients of
 * weight 0 are left out, the others count alike. The server sees single clients' values, and the type of the result
 * says so.
 */
export function federatedTrimmedMean<M extends Type, W extends Type = Type>(
  value: AnyClientsValue<M> & Averageable<M>,
  options: TrimmedMeanOptions<M, W>,
): RevealingServerValue<M> {
  const { name } = federatedTrimmedMeanDefinition;
  const numbers = countOrShare(options, ['trim', 'trimShare'], (problem) => badRule(name, problem));
  return applyRule<M>(federatedTrimmedMeanDefinition, value, options as never, numbers, [
    'trim',
    'trimShare',
  ]);
}
