// Clients that know few labels: "we first sort the data by digit label, divide it into 200 shards of size 300,
// and assign each of 100 clients 2 shards" (McMahan, Moore, Ramage, Hampson, Agüera y Arcas,
// "Communication-Efficient Learning of Deep Networks from Decentralized Data", AISTATS 2017, section 3).
import { generator } from '@starling/federated-core';
import { checkClients } from './check-clients.js';
import type { Partitioner } from './partitioner.js';

/**
 * Sorts the rows by label, cuts them into `clients` × `shardsPerClient` (2 by default) shards as even as can
 * be, and deals each client that many shards at random.
 */
export function shardPartition({
  clients,
  shardsPerClient = 2,
}: {
  readonly clients: number;
  readonly shardsPerClient?: number;
}): Partitioner {
  checkClients('shards', clients);
  if (!(Number.isSafeInteger(shardsPerClient) && shardsPerClient >= 1)) {
    throw new RangeError(
      `Cannot partition by shards: shardsPerClient must be a positive integer, got ${shardsPerClient}`,
    );
  }
  return {
    name: 'shards',
    clients,
    partition: (labels, seed) => {
      const count = clients * shardsPerClient;
      if (labels.length < count) {
        throw new RangeError(
          `Cannot partition by shards: need at least ${count} rows for as many shards, got ${labels.length}`,
        );
      }
      const sorted = sortedByLabel(labels);
      const cut = (shard: number): number => Math.floor((shard * labels.length) / count);
      const deal = generator(seed).permutation(count);
      return Array.from({ length: clients }, (_, client) => {
        const hand = deal.subarray(client * shardsPerClient, (client + 1) * shardsPerClient);
        return Int32Array.from(
          [...hand].flatMap((shard) => [...sorted.subarray(cut(shard), cut(shard + 1))]),
        );
      });
    },
  };
}

/** Row indices by label, rows of one label in their order. */
function sortedByLabel(labels: ArrayLike<number>): Int32Array {
  const rows = Int32Array.from({ length: labels.length }, (_, row) => row);
  return rows.sort((left, right) => (labels[left] as number) - (labels[right] as number) || left - right);
}
