// A sum of the clients' updates where their mean is meant: the weights would move as many times too far as the cohort
// has clients, and most models diverge without a word.
import type { Aggregator } from '@starling/aggregators';
import { warnOnce } from '@starling/federated-core/plan';

/** Warns of an aggregator whose result grows with the cohort, where that is added to the weights as it is. */
export function warnOfSum(name: string, aggregator: Aggregator | undefined): void {
  if (aggregator?.grows !== true) return;
  warnOnce(
    `${name} adds what its aggregator '${aggregator.name}' gives to the weights, and that is n times the mean for a cohort of n: leave the aggregator out, or give meanAggregator(). If the sum is meant, say by which factor it counts: fedOpt({ aggregator, serverOptimizer: sgd({ learningRate }) })`,
  );
}
