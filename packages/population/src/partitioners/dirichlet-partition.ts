// Clients with label mixes of their own, from alike to one-sided by one number: "each client's label distribution is
// drawn from a Dirichlet distribution" (Hsu, Qi, Brown, "Measuring the Effects of Non-Identical Data Distribution for
// Federated Visual Classification", 2019, section 3).
import { generator } from '@starling/federated-core';
import { checkOptions, count, numberWithin, required } from '@starling/federated-core/plan';
import { gamma } from '../draws/gamma.js';
import { pick } from '../draws/pick.js';
import { checkRows } from './cuts.js';
import { DIRICHLET_ELSEWHERE } from './option-checks.js';
import type { Partitioner } from './partitioner.js';
import { rowsByLabel } from './rows-by-label.js';

const ACTION = 'Cannot partition by dirichlet';

export interface DirichletPartitionOptions {
  readonly clients: number;
  /** Above 0; the mix of every client is that of the dataset as it grows, a single label as it falls. */
  readonly concentration: number;
}

/**
 * Gives each client as many rows as any other (give or take one), label by label as its mix says. The mix is drawn from
 * a Dirichlet distribution with parameters concentration × the share of each label in the dataset. A label that has
 * run out is left out of the mixes from then on.
 */
export function dirichletPartition(options: DirichletPartitionOptions): Partitioner {
  checkOptions(
    ACTION,
    options,
    { clients: required(count), concentration: required(numberWithin({ above: 0, float32: true })) },
    DIRICHLET_ELSEWHERE,
  );
  const { clients, concentration } = options;
  return {
    name: 'dirichlet',
    clients,
    partition: (labels, seed) => {
      checkRows(ACTION, labels.length, clients, 'as many clients');
      const random = generator(seed);
      const remaining = rowsByLabel(ACTION, labels, random).map(({ rows }) => rows);
      const shares = remaining.map((rows) => rows.length / labels.length);
      return Array.from({ length: clients }, (_, client) => {
        const begin = Math.floor((client * labels.length) / clients);
        const end = Math.floor(((client + 1) * labels.length) / clients);
        const mix = shares.map((share) => gamma(concentration * share, random));
        return Int32Array.from({ length: end - begin }, () => {
          const label = pick(
            mix.map((weight, index) => ((remaining[index] as number[]).length > 0 ? weight : 0)),
            remaining.map((rows) => rows.length),
            random,
          );
          return (remaining[label] as number[]).pop() as number;
        });
      });
    },
  };
}
