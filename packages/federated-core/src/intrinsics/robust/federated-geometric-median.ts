// `federatedGeometricMedian`: the point with the least sum of weighted distances to the updates: Pillutla, Kakade,
// Harchaoui, "Robust Aggregation for Federated Learning", IEEE Transactions on Signal Processing 70, 2022, Algorithm 2.
import { geometricMedianAggregation, nearRows } from '../../aggregations/nearest.js';
import { describeValue } from '../../errors/describe-value.js';
import type { AnyClientsValue, RevealingServerValue } from '../../expression/placed-values.js';
import { geometricMedianOf } from '../../rows/geometric-median.js';
import { plainRows } from '../../rows/row-kernels.js';
import type { Type } from '../../types/types.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import type { Averageable } from '../framework/requirements.js';
import { settingsOf } from '../framework/settings.js';
import {
  applyRule,
  badRule,
  checkFlag,
  combined,
  declaredByRules,
  type RuleOptions,
  referenceRule,
} from './rule.js';

export const federatedGeometricMedianDefinition: AggregateIntrinsic = {
  ...declaredByRules,
  name: 'federatedGeometricMedian',
  usage: 'federatedGeometricMedian(value, { smoothing?, weighted?, weight?, ifEmpty? })',
  summary:
    'The point from which the sum of the distances to the clients’ values, each by its weight, is least; by Weiszfeld’s algorithm, until it has settled.',
  edgeCases:
    'No clients, or a total weight of 0: the round fails, or gives `ifEmpty`. One that is more than a million times as far off as most are to each other counts in its direction alone. All that count must be of one shape.',
  kinds: ['geometric-median'],
  settings: geometricMedianAggregation.settings,
  reference: (call, lanes) =>
    referenceRule(call, lanes, async (counted) => {
      const { smoothing, weighted } = settingsOf(call, geometricMedianAggregation.settings);
      const weights = weighted ? counted.weights : counted.weights.map(() => 1);
      const rows = counted.rows.map((leaf) => leaf.map((row) => Float64Array.from(row)));
      const { near, distances } = await nearRows({ rows, weights }, smoothing, plainRows);
      const nearer = { ...counted, rows: near.map((leaf) => leaf.map((row) => [...row])) };
      return combined(nearer, geometricMedianOf(distances, weights, smoothing), 1);
    }),
};

export type GeometricMedianOptions<M extends Type = Type, W extends Type = Type> = RuleOptions<M, W> & {
  /** ν, the least distance that counts, in the unit of the values: above 0, 1e-6 by default. */
  readonly smoothing?: number;
  /** Whether weights count (the default); else all above 0 count alike, which a client cannot change. */
  readonly weighted?: boolean;
};

/**
 * The geometric median of the clients' values. The server sees single clients' values, and the type of the result says
 * so.
 */
export function federatedGeometricMedian<M extends Type, W extends Type = Type>(
  value: AnyClientsValue<M> & Averageable<M>,
  options: GeometricMedianOptions<M, W> = {},
): RevealingServerValue<M> {
  const { name } = federatedGeometricMedianDefinition;
  const { smoothing = 1e-6, weighted = true } = options;
  if (!(Number.isFinite(smoothing) && smoothing > 0)) {
    throw badRule(name, `smoothing must be a finite number > 0, got ${describeValue(smoothing)}`);
  }
  checkFlag(name, weighted);
  return applyRule<M>(federatedGeometricMedianDefinition, value, options as never, { smoothing, weighted }, [
    'smoothing',
    'weighted',
  ]);
}
