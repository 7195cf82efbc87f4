// Clients with a few labels each, and sizes by a power law: FedProx's cut of MNIST, in which 1,000 clients have two
// digits each (Li, Sahu, Zaheer, Sanjabi, Talwalkar, Smith, "Federated Optimization in Heterogeneous Networks", MLSys
// 2020, section 5.1, and its code, which draws the numbers from a log-normal distribution).
import { generator } from '@starling/federated-core';
import { checkOptions, count, numberWithin, required } from '@starling/federated-core/plan';
import { dealtByLabel } from './distribution-partition.js';
import type { Partitioner } from './partitioner.js';

const ACTION = 'Cannot partition by powerLaw';

export interface PowerLawPartitionOptions {
  readonly clients: number;
  /** Client i has labels i, i + 1, … modulo their number. Default 2. */
  readonly labelsPerClient?: number;
  /** Rows of each of its labels that a client has before the rest is divided. Default 5. */
  readonly minRowsPerLabel?: number;
  /** Standard deviation of the logarithm of a client's share of a label. Default 2; 0 gives even shares. */
  readonly sigma?: number;
}

/**
 * `distributionPartition` by numbers that are drawn, exp(σ · a standard normal). Its edges are the same. Throws a
 * `RangeError` if a label has fewer rows than `minRowsPerLabel` for each client that has it.
 */
export function powerLawPartition(options: PowerLawPartitionOptions): Partitioner {
  checkOptions(ACTION, options, {
    clients: required(count),
    labelsPerClient: count,
    minRowsPerLabel: numberWithin({ whole: true, from: 0 }),
    sigma: numberWithin({ from: 0, to: 100 }),
  });
  const { clients, labelsPerClient = 2, minRowsPerLabel = 5, sigma = 2 } = options;
  return {
    name: 'power-law',
    clients,
    partition: (labels, seed) => {
      const random = generator(seed);
      const given = { clients, labelsPerClient, minRowsPerLabel, rescale: true };
      return dealtByLabel(
        ACTION,
        labels,
        given,
        (holders) => holders.map((own) => own.map(() => Math.exp(sigma * random.normal()))),
        random,
      );
    },
  };
}
