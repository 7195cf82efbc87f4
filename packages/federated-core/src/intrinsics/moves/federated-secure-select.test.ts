import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../../computations/federated-computation.js';
import { bothWays } from '../../testing/both-ways.js';
import { plainLocal } from '../../testing/plain-local.js';
import { atClients, atServer, float32, int32 } from '../../types/types.js';
import type { Tensor } from '../../values/tensor.js';
import { federatedSequenceReduce } from '../sequences/federated-sequence-reduce.js';
import { federatedCollect } from './federated-collect.js';
import { federatedSecureSelect } from './federated-secure-select.js';

const row = plainLocal(
  { table: float32(4), key: int32() },
  float32(),
  ({ table, key }) => (table as Tensor).data[key],
);

describe('federatedSecureSelect', () => {
  test('`federatedSecureSelect` gives a slice for each key, in order, duplicates included', async () => {
    const scale = plainLocal(
      { sum: float32(), next: float32() },
      float32(),
      ({ sum, next }) => 10 * sum + next,
    );
    const select = federatedComputation(
      { keys: atClients(int32(null)), table: atServer(float32(4)) },
      ({ keys, table }) =>
        federatedCollect(
          federatedSequenceReduce(federatedSecureSelect(table, { keys, keyBound: 4, slice: row }), 0, scale),
        ),
    );
    // Slices of [5, 6, 7, 8]: keys 2, 0, 2 → 757; no keys → 0; key 4 and key −1 refuse their clients.
    const keys = [[2, 0, 2], [], [4], [-1, 1]];
    expect(await bothWays(select, { keys, table: [5, 6, 7, 8] })).toEqual([757, 0]);
  });
});
