// `federatedKrum`: the update that has the nearest neighbours, or the mean of the best few: Blanchard, El Mhamdi,
// Guerraoui, Stainer, "Machine Learning with Adversaries: Byzantine Tolerant Gradient Descent", NeurIPS 2017, section
// 4.
import { distancesBetween, krumAggregation, krumOf } from '../../aggregations/nearest.js';
import { countOrShare } from '../../errors/count-or-share.js';
import { describeValue } from '../../errors/describe-value.js';
import type { AnyClientsValue, RevealingServerValue } from '../../expression/placed-values.js';
import { krumChoice } from '../../rows/krum.js';
import { plainRows } from '../../rows/row-kernels.js';
import type { Type } from '../../types/types.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import type { Averageable } from '../framework/requirements.js';
import { settingsOf } from '../framework/settings.js';
import { applyRule, badRule, combined, declaredByRules, type RuleOptions, referenceRule } from './rule.js';

export const federatedKrumDefinition: AggregateIntrinsic = {
  ...declaredByRules,
  name: 'federatedKrum',
  usage: 'federatedKrum(value, { faulty or faultyShare, keep?, weight?, ifEmpty? })',
  summary:
    'The one of the clients’ values that is nearest to n − f − 2 others, at least one, by the sum of squared distances; or the mean of `keep` of them.',
  edgeCases:
    'No clients, or all of weight 0: the round fails, or gives `ifEmpty`. Of equal scores the earlier client goes first. Weights above 0 count alike. All that count must be of one shape.',
  kinds: ['krum'],
  settings: krumAggregation.settings,
  reference: (call, lanes) =>
    referenceRule(call, lanes, async (counted) => {
      const n = counted.weights.length;
      const { faulty, keep } = krumOf(settingsOf(call, krumAggregation.settings), n);
      const rows = counted.rows.map((leaf) => leaf.map((row) => Float64Array.from(row)));
      const distances = await distancesBetween({ ...counted, rows }, plainRows);
      const chosen = krumChoice(distances, n, faulty, keep);
      const coefficients = counted.weights.map((_, row) => (chosen.includes(row) ? 1 : 0));
      return combined(counted, coefficients, chosen.length);
    }),
};

export type KrumOptions<M extends Type = Type, W extends Type = Type> = RuleOptions<M, W> & {
  /** How many of the best are averaged: an integer from 1, or all but the faulty; 1 by default. */
  readonly keep?: number | 'all-but-faulty';
} & (
    | {
        /** f, how many clients may be faulty: an integer from 0. */
        readonly faulty: number;
        readonly faultyShare?: never;
      }
    | {
        readonly faulty?: never;
        /** Which share of the clients may be faulty, from 0 to below 0.5; rounded down to a number of them. */
        readonly faultyShare: number;
      }
  );

/**
 * Krum, or Multi-Krum where more than one is kept; clients of weight 0 are left out, the others count alike. The server
 * sees single clients' values, and the type of the result says so.
 */
export function federatedKrum<M extends Type, W extends Type = Type>(
  value: AnyClientsValue<M> & Averageable<M>,
  options: KrumOptions<M, W>,
): RevealingServerValue<M> {
  const { name } = federatedKrumDefinition;
  const of = countOrShare(options, ['faulty', 'faultyShare'], (problem) => badRule(name, problem));
  const { keep = 1 } = options;
  if (keep !== 'all-but-faulty' && !(Number.isSafeInteger(keep) && keep >= 1)) {
    throw badRule(name, `keep must be an integer from 1 or 'all-but-faulty', got ${describeValue(keep)}`);
  }
  const numbers = { ...of, keep: keep === 'all-but-faulty' ? 0 : keep };
  return applyRule<M>(federatedKrumDefinition, value, options as never, numbers, [
    'faulty',
    'faultyShare',
    'keep',
  ]);
}
