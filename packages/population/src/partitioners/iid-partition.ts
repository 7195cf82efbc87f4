// Independent and identically distributed clients: "the data is shuffled, and then partitioned into 100 clients
// each receiving 600 examples" (McMahan, Moore, Ramage, Hampson, Agüera y Arcas, "Communication-Efficient
// Learning of Deep Networks from Decentralized Data", AISTATS 2017, section 3).
import { generator } from '@starling/federated-core';
import { checkOptions, count, required } from '@starling/federated-core/plan';
import { checkRows } from './cuts.js';
import type { Partitioner } from './partitioner.js';

const ACTION = 'Cannot partition by iid';

/**
 * Shuffles the rows and deals them in runs as even as can be. Throws a `RangeError` unless `clients` is a whole number
 * of at least 1, and for fewer rows than clients.
 */
export function iidPartition(options: { readonly clients: number }): Partitioner {
  checkOptions(ACTION, options, { clients: required(count) });
  const { clients } = options;
  return {
    name: 'iid',
    clients,
    partition: (labels, seed) => {
      checkRows(ACTION, labels.length, clients, 'as many clients');
      const order = generator(seed).permutation(labels.length);
      return Array.from({ length: clients }, (_, client) =>
        order.subarray(
          Math.floor((client * labels.length) / clients),
          Math.floor(((client + 1) * labels.length) / clients),
        ),
      );
    },
  };
}
