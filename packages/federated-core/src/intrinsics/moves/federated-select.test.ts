import { describe, expect, test } from 'vitest';
import { compilePlan } from '../../compile/compile-plan.js';
import { federatedComputation } from '../../computations/federated-computation.js';
import { TypeMismatchError } from '../../errors/starling-error.js';
import { evaluate } from '../../evaluate/evaluate.js';
import { field } from '../../expression/symbolic-value.js';
import { generator } from '../../random/generator.js';
import { bothWays } from '../../testing/both-ways.js';
import { plainLocal, plainRunner } from '../../testing/plain-local.js';
import { atClients, atServer, float32, int32, string, struct } from '../../types/types.js';
import type { Tensor } from '../../values/tensor.js';
import { federatedMap } from '../pointwise/federated-map.js';
import { federatedSequenceMap } from '../sequences/federated-sequence-map.js';
import { federatedSequenceReduce } from '../sequences/federated-sequence-reduce.js';
import { federatedSequenceSum } from '../sequences/federated-sequence-sum.js';
import { federatedMax } from '../sums/federated-max.js';
import { federatedSum } from '../sums/federated-sum.js';
import { federatedBroadcast } from './federated-broadcast.js';
import { federatedCollect } from './federated-collect.js';
import { federatedSelect } from './federated-select.js';

const row = plainLocal(
  { table: float32(4), key: int32() },
  float32(),
  ({ table, key }) => (table as Tensor).data[key],
  'row',
);
const digits = plainLocal({ sum: float32(), next: float32() }, float32(), ({ sum, next }) => 10 * sum + next);
const table = [5, 6, 7, 8];
const keysAndTable = { keys: atClients(int32(null)), table: atServer(float32(4)) };

describe('federatedSelect', () => {
  test('`federatedSelect` gives a slice for each key, in order, duplicates included', async () => {
    const select = federatedComputation(keysAndTable, (given) =>
      federatedCollect(
        federatedSequenceReduce(
          federatedSelect(given.table, { keys: given.keys, keyBound: 4, slice: row }),
          0,
          digits,
        ),
      ),
    );
    // Slices of [5, 6, 7, 8]: keys 2, 0, 2 → 757; no keys → 0; key 4 and key −1 refuse their clients.
    const keys = [[2, 0, 2], [], [4], [-1, 1]];
    expect(await bothWays(select, { keys, table })).toEqual([757, 0]);
    expect(await bothWays(select, { keys: [[], []], table })).toEqual([0, 0]);
    expect(await bothWays(select, { keys: [], table })).toEqual([]);
  });

  test('`federatedSelect` shows what each client gets when it is evaluated alone', async () => {
    const select = federatedComputation(keysAndTable, (given) =>
      federatedSelect(given.table, { keys: given.keys, keyBound: 4, slice: row }),
    );
    const slices = await evaluate(select, { keys: [[2, 0, 2], [], [4]], table }, { run: plainRunner });
    // The third client's key is out of range: it is left out.
    expect(slices).toEqual([[7, 5, 7], []]);
  });

  test('`federatedSelect` needs a round trip for keys, and sends slices in place of the value', () => {
    const select = federatedComputation(keysAndTable, (given) =>
      federatedSum(
        federatedSequenceSum(federatedSelect(given.table, { keys: given.keys, keyBound: 4, slice: row })),
      ),
    );
    const { phases } = compilePlan(select);
    expect(phases.map(({ aggregations }) => aggregations.map(({ kind }) => kind))).toEqual([
      ['select-keys'],
      ['sum'],
    ]);
    for (const { broadcast } of phases) expect(broadcast).toEqual(struct([]));
    expect(phases[1]!.selections).toMatchObject([{ keys: { phase: 0, aggregation: 0 }, graph: row }]);
  });

  test('`federatedSelect` shares the round trip of keys among the selections whose keys are known with it', async () => {
    const select = federatedComputation(
      { ...keysAndTable, others: atClients(int32(null)), weights: atServer(float32(4)) },
      (given) => ({
        plain: federatedSum(
          federatedSequenceSum(federatedSelect(given.table, { keys: given.keys, keyBound: 4, slice: row })),
        ),
        again: federatedSum(
          federatedSequenceSum(federatedSelect(given.weights, { keys: given.keys, keyBound: 4, slice: row })),
        ),
        other: federatedSum(
          federatedSequenceSum(federatedSelect(given.table, { keys: given.others, keyBound: 3, slice: row })),
        ),
        clients: federatedCollect(federatedMap(count, given.keys)),
      }),
    );
    const { phases } = compilePlan(select);
    // Keys that two selections go by go up once; what needs no slices goes up with the keys.
    expect(phases.map(({ aggregations }) => aggregations.map(({ kind }) => kind))).toEqual([
      ['select-keys', 'select-keys', 'collect'],
      ['sum', 'sum', 'sum'],
    ]);
    const argument = { keys: [[0, 1], [3]], others: [[2], [2, 2]], table, weights: [1, 2, 3, 4] };
    // 5 + 6 + 8; 1 + 2 + 4; 7 + 7 + 7.
    expect(await bothWays(select, argument)).toEqual({ plain: 19, again: 7, other: 21, clients: [2, 1] });
  });

  test('`federatedSelect` sends keys once when several selections go by one field', async () => {
    const held = struct({ keys: int32(null), other: int32(null) });
    const select = federatedComputation({ held: atClients(held), table: atServer(float32(4)) }, (given) => {
      const sumBy = (name: 'keys' | 'other', keyBound: number) =>
        federatedSum(
          federatedSequenceSum(
            federatedSelect(given.table, { keys: field(given.held, name), keyBound, slice: row }),
          ),
        );
      return [sumBy('keys', 4), sumBy('keys', 4), sumBy('keys', 3), sumBy('other', 4)];
    });
    // Once for two selections, once more for another bound, and the other field's.
    expect(compilePlan(select).phases[0]!.aggregations).toHaveLength(3);
    // Key 3 is beyond the bound of the third: its client takes no part. 5 + 6; and 7.
    const members = [
      { keys: [0, 1], other: [2] },
      { keys: [3], other: [] },
    ];
    expect(await bothWays(select, { held: members, table })).toEqual([11, 11, 11, 7]);
  });

  test('`federatedSelect` takes keys and a value that depend on aggregates', async () => {
    const upTo = plainLocal({ own: int32(), most: int32() }, int32(null), ({ own, most }) => [own, most]);
    const scaled = plainLocal({ table: float32(4), by: int32() }, float32(4), ({ table: all, by }) =>
      Float32Array.from((all as Tensor<'float32'>).data, (value) => value * by),
    );
    const select = federatedComputation({ key: atClients(int32()), table: atServer(float32(4)) }, (given) => {
      const most = federatedMax(given.key);
      const keys = federatedMap(upTo, { own: given.key, most: federatedBroadcast(most) });
      const value = federatedMap(scaled, { table: given.table, by: most });
      return federatedCollect(
        federatedSequenceReduce(federatedSelect(value, { keys, keyBound: 4, slice: row }), 0, digits),
      );
    });
    expect(compilePlan(select).phases).toHaveLength(3);
    // The largest key is 2, so the table is [10, 12, 14, 16]: keys 1 and 2 give 12 and 14, keys 2 and 2 14 twice.
    expect(await bothWays(select, { key: [1, 2], table })).toEqual([134, 154]);
  });

  test('`federatedSelect` goes by keys that were selected', async () => {
    const link = plainLocal({ links: int32(4), key: int32() }, int32(1), ({ links, key }) => [
      (links as Tensor).data[key],
    ]);
    const firstLink = plainLocal({ sum: int32(1), next: int32(1) }, int32(1), ({ next }) => next);
    const both2 = plainLocal({ a: float32(), b: float32() }, float32(), ({ a, b }) => 100 * a + b);
    const select = federatedComputation({ ...keysAndTable, links: atServer(int32(4)) }, (given) => {
      const near = federatedSelect(given.table, { keys: given.keys, keyBound: 4, slice: row });
      const followed = federatedSequenceReduce(
        federatedSelect(given.links, { keys: given.keys, keyBound: 4, slice: link }),
        [0],
        firstLink,
      );
      const far = federatedSelect(given.table, { keys: followed, keyBound: 4, slice: row });
      return federatedCollect(
        federatedMap(both2, { a: federatedSequenceSum(near), b: federatedSequenceSum(far) }),
      );
    });
    const plan = compilePlan(select);
    expect(plan.phases).toHaveLength(3);
    // The links go down with the second phase; the third takes the near slices, and the far ones.
    expect(plan.phases.map(({ selections }) => selections.length)).toEqual([0, 1, 2]);
    // Key 1 leads to 3: 6 and 8. Key 2 leads to 0: 7 and 5. The last client's link is out of range.
    const argument = { keys: [[1], [2], [3]], table, links: [0, 3, 0, 9] };
    expect(await bothWays(select, argument)).toEqual([608, 705]);
  });

  test('`federatedSelect` slices structs and strings', async () => {
    const words = { word: string(4), size: struct({ rows: float32(4) }) };
    const pick = plainLocal(
      { served: struct(words), key: int32() },
      struct({ word: string(), rows: float32() }),
      ({ served, key }) => ({ word: served.word.data[key], rows: served.size.rows.data[key] }),
    );
    const join = plainLocal(
      { sum: string(), next: struct({ word: string(), rows: float32() }) },
      string(),
      ({ sum, next }) => `${sum} ${next.word}${next.rows}`,
    );
    const select = federatedComputation(
      { keys: atClients(int32(null)), served: atServer(struct(words)) },
      (given) =>
        federatedCollect(
          federatedSequenceReduce(
            federatedSelect(given.served, { keys: given.keys, keyBound: 4, slice: pick }),
            '',
            join,
          ),
        ),
    );
    const served = { word: ['a', 'b', 'c', 'd'], size: { rows: [1, 2, 3, 4] } };
    expect(await bothWays(select, { keys: [[3, 0], [1, 1], []], served })).toEqual([' d4 a1', ' b2 b2', '']);
  });

  test('`federatedSelect` gives every client that asks for a key the same draw, and another to another key or call', async () => {
    const noisy = plainLocal({ table: float32(4), key: int32() }, float32(), (_, seed) =>
      Math.fround(generator(seed).uniform()),
    );
    const select = federatedComputation(keysAndTable, (given) => ({
      first: federatedCollect(
        federatedSequenceSum(federatedSelect(given.table, { keys: given.keys, keyBound: 4, slice: noisy })),
      ),
      second: federatedCollect(
        federatedSequenceSum(federatedSelect(given.table, { keys: given.keys, keyBound: 4, slice: noisy })),
      ),
    }));
    const { first, second } = (await bothWays(select, { keys: [[1], [1], [2]], table })) as {
      readonly first: readonly number[];
      readonly second: readonly number[];
    };
    expect(first[0]).toBe(first[1]);
    expect(second[0]).toBe(second[1]);
    expect(new Set([first[0], first[2], second[0], second[2]]).size).toBe(4);
  });

  test('`federatedSelect` fails the round when slices differ in shape', async () => {
    const ragged = plainLocal(
      { table: float32(4), key: int32() },
      float32(null),
      ({ key }) => new Float32Array(key),
    );
    const size = plainLocal(float32(null), float32(), (part) => (part as Tensor).data.length);
    const select = federatedComputation(keysAndTable, (given) =>
      federatedSum(
        federatedSequenceSum(
          federatedSequenceMap(
            size,
            federatedSelect(given.table, { keys: given.keys, keyBound: 4, slice: ragged }),
          ),
        ),
      ),
    );
    expect(await bothWays(select, { keys: [[2, 2], [2], []], table })).toBe(6);
    await expect(bothWays(select, { keys: [[2], [3]], table })).rejects.toThrow(TypeMismatchError);
  });

  test('`federatedSelect` refuses a client with more keys than it may have', async () => {
    const select = federatedComputation(keysAndTable, (given) =>
      federatedSum(
        federatedSequenceSum(federatedSelect(given.table, { keys: given.keys, keyBound: 4, slice: row })),
      ),
    );
    const tooMany = new Int32Array(2 ** 20 + 1);
    expect(await bothWays(select, { keys: [tooMany, [1]], table })).toBe(6);
    const few = federatedComputation(keysAndTable, (given) =>
      federatedSum(
        federatedSequenceSum(
          federatedSelect(given.table, { keys: given.keys, keyBound: 4, slice: row, maxKeys: 2 }),
        ),
      ),
    );
    // 5 + 6 of the first client, nothing of the second, who has three keys.
    expect(
      await bothWays(few, {
        keys: [
          [0, 1],
          [1, 1, 1],
        ],
        table,
      }),
    ).toBe(11);
    expect(compilePlan(few).phases[0]!.aggregations[0]!.settings).toEqual({ keyBound: 4, maxKeys: 2 });
    expect(() =>
      federatedComputation(keysAndTable, (given) =>
        federatedSum(
          federatedSequenceSum(
            federatedSelect(given.table, { keys: given.keys, keyBound: 4, slice: row, maxKeys: 0 }),
          ),
        ),
      ),
    ).toThrow('Cannot apply federatedSelect: maxKeys must be an integer from 1');
  });
});

const count = plainLocal(int32(null), int32(), (keys) => (keys as Tensor).data.length);
