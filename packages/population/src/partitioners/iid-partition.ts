// Independent and identically distributed clients: "the data is shuffled, and then partitioned into 100 clients
// each receiving 600 examples" (McMahan, Moore, Ramage, Hampson, Agüera y Arcas, "Communication-Efficient
// Learning of Deep Networks from Decentralized Data", AISTATS 2017, section 3).
import { generator } from '@starling/federated-core';
import { checkClients } from './check-clients.js';
import type { Partitioner } from './partitioner.js';

/** Shuffles the rows and deals them in runs as even as can be. */
export function iidPartition({ clients }: { readonly clients: number }): Partitioner {
  checkClients('iid', clients);
  return {
    name: 'iid',
    clients,
    partition: (labels, seed) => {
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
