// Clients that know few labels: "we first sort the data by digit label, divide it into 200 shards of size 300,
// and assign each of 100 clients 2 shards" (McMahan, Moore, Ramage, Hampson, Agüera y Arcas,
// "Communication-Efficient Learning of Deep Networks from Decentralized Data", AISTATS 2017, section 3).
import { generator, type Seed } from '@starling/federated-core';
import { checkOptions, count, kinds, optionError, required } from '@starling/federated-core/plan';
import { checkRows, cutRows, evenSizes, mixed } from './cuts.js';
import type { Label, Partitioner } from './partitioner.js';
import { compareLabels } from './rows-by-label.js';

const ACTION = 'Cannot partition by shards';

export interface ShardPartitionOptions {
  readonly clients: number;
  /** Shards of each client. Default 2, or with `shardSize` as many as there are, as even as can be. */
  readonly shardsPerClient?: number;
  /** Rows of a shard. Default: the rows cut as evenly as can be into `clients` × `shardsPerClient` shards. */
  readonly shardSize?: number;
  /** Whether the rows that do not fill a shard of `shardSize` are a shard of their own. Default false: left out. */
  readonly keepIncompleteShard?: boolean;
}

/**
 * Sorts the rows by label, cuts them into shards, and deals each client that many shards at random. Without `shardSize`
 * every row is dealt. With it, and `shardsPerClient`, what more shards there are is left out; without
 * `shardsPerClient`, the first clients have one shard more than the others. Throws a `RangeError` for fewer shards than
 * clients need.
 */
export function shardPartition(options: ShardPartitionOptions): Partitioner {
  checkOptions(ACTION, options, {
    clients: required(count),
    shardsPerClient: count,
    shardSize: count,
    keepIncompleteShard: kinds.flag,
  });
  const { clients, shardSize, keepIncompleteShard = false } = options;
  if (shardSize === undefined && options.keepIncompleteShard !== undefined) {
    throw optionError(`${ACTION}: keepIncompleteShard needs shardSize, got none`);
  }
  const shardsPerClient = options.shardsPerClient ?? 2;
  return {
    name: 'shards',
    clients,
    partition: (labels, seed) => {
      if (shardSize !== undefined) {
        const hands = { clients, shardsPerClient: options.shardsPerClient ?? null };
        return shardsOfSize(labels, seed, { ...hands, shardSize, keepIncompleteShard });
      }
      const shards = clients * shardsPerClient;
      checkRows(ACTION, labels.length, shards, 'as many shards');
      const sorted = sortedByLabel(labels);
      const cut = (shard: number): number => Math.floor((shard * labels.length) / shards);
      const deal = generator(seed).permutation(shards);
      return Array.from({ length: clients }, (_, client) => {
        const hand = deal.subarray(client * shardsPerClient, (client + 1) * shardsPerClient);
        return Int32Array.from(
          [...hand].flatMap((shard) => [...sorted.subarray(cut(shard), cut(shard + 1))]),
        );
      });
    },
  };
}

/** Shards of one size, each client's rows in random order. */
function shardsOfSize(
  labels: ArrayLike<Label>,
  seed: Seed,
  {
    clients,
    shardsPerClient,
    shardSize,
    keepIncompleteShard,
  }: {
    readonly clients: number;
    readonly shardsPerClient: number | null;
    readonly shardSize: number;
    readonly keepIncompleteShard: boolean;
  },
): readonly Int32Array[] {
  const whole = labels.length / shardSize;
  const shards = keepIncompleteShard ? Math.ceil(whole) : Math.floor(whole);
  const need = clients * (shardsPerClient ?? 1);
  if (shards < need) {
    throw optionError(
      `${ACTION}: need ${need} shards of ${shardSize} rows, got ${shards} of ${labels.length} rows`,
    );
  }
  const sorted = sortedByLabel(labels);
  const random = generator(seed);
  const deal = random.permutation(shards);
  const hands =
    shardsPerClient === null ? evenSizes(shards, clients) : new Array<number>(clients).fill(shardsPerClient);
  return cutRows(deal, hands).map((hand) =>
    mixed(
      [...hand].map((shard) => sorted.subarray(shard * shardSize, (shard + 1) * shardSize)),
      random,
    ),
  );
}

/** Row indices by label, rows of one label in their order. */
function sortedByLabel(labels: ArrayLike<Label>): Int32Array {
  const rows = Int32Array.from({ length: labels.length }, (_, row) => row);
  return rows.sort(
    (left, right) => compareLabels(labels[left] as Label, labels[right] as Label) || left - right,
  );
}
