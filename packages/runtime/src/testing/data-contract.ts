// What the runtime contract asks about the data of clients: what is not of its type is refused where it enters, with
// the same code and words everywhere, and the round continues without that client.
import { localComputation, sequenceReduce, tf } from '@starling/compute';
import {
  atClients,
  bool,
  federatedComputation,
  federatedMap,
  federatedSum,
  float32,
  sequence,
  struct,
  type Tensor,
  tensor,
  type Value,
} from '@starling/federated-core';
import { populationOf } from '@starling/population';
import { assert, expect, test } from 'vitest';
import type { Agreement } from './agreement.js';

const rows = sequence(struct({ x: float32(2), y: float32() }));
const held = struct({ rows, counts: bool() });

/** Of the clients that count: the sum of (x₀ + x₁) · y over their rows. */
const sumOfProducts = federatedComputation(
  { rows: atClients(rows), counts: atClients(bool()) },
  ({ rows: data, counts }) =>
    federatedSum(
      federatedMap(
        localComputation({ data: rows, counts: bool() }, (each) =>
          tf.mul(
            tf.cast(each.counts, 'float32'),
            sequenceReduce(each.data, tf.scalar(0), (sum, { x, y }) => tf.add(sum, tf.mul(tf.sum(x), y))),
          ),
        ),
        { data, counts },
      ),
    ),
  { name: 'sumOfProducts' },
);

/** A tensor as it stands, whether its parts fit or not. */
const raw = (shape: readonly number[], ...values: number[]): Tensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});
const yes = tensor('bool', [], Uint8Array.of(1));
const client = (length: number, x: unknown, y: unknown, counts: unknown = yes): Value =>
  ({ rows: { length, columns: { x, y } }, counts }) as Value;

/** (1 + 2) · 1 + (3 + 4) · 10 = 73. */
const good = client(2, raw([2, 2], 1, 2, 3, 4), raw([2], 1, 10));

const bad: Readonly<Record<string, readonly [value: Value, at: string]>> = {
  'a column longer than its dataset': [
    client(2, raw([2, 2], 1, 2, 3, 4), raw([3], 1, 10, 100)),
    'rows.columns.y: need a tensor float32[2], got float32[3]',
  ],
  'a column shorter than its dataset': [
    client(2, raw([2, 2], 1, 2, 3, 4), raw([1], 1)),
    'rows.columns.y: need a tensor float32[2], got float32[1]',
  ],
  'a dataset longer than its columns': [
    client(3, raw([2, 2], 1, 2, 3, 4), raw([2], 1, 10)),
    'rows.columns.x: need a tensor float32[3,2], got float32[2,2]',
  ],
  'fewer numbers than a shape has': [
    client(2, raw([2, 2], 1, 2, 3), raw([2], 1, 10)),
    'rows.columns.x: need 4 elements for shape [2, 2], got 3',
  ],
  'another element type': [
    client(2, raw([2, 2], 1, 2, 3, 4), tensor('int32', [2], Int32Array.of(1, 10))),
    'rows.columns.y: need a tensor float32[2], got int32[2]',
  ],
  'a bool of 255': [
    client(2, raw([2, 2], 1, 2, 3, 4), raw([2], 1, 10), {
      dtype: 'bool',
      shape: [],
      data: Uint8Array.of(255),
    }),
    'counts: need bools of 0 or 1, got 255 at element 0',
  ],
  'a missing field': [
    { rows: { length: 0, columns: { x: raw([0, 2]), y: raw([0]) } } },
    'counts: need this field',
  ],
  nothing: [null as unknown as Value, 'need a struct, got null'],
};

export function dataContract(name: string, { agreed }: Agreement): void {
  test.each(Object.entries(bad))(
    `\`${name}\` drops a client of %s, and continues without it`,
    async (_, [value, at]) => {
      // Whose data is bad is found out when it is loaded: the population itself would refuse it where it is made.
      const values = [good, value, good];
      const population = {
        ...populationOf([good, good, good], held),
        load: (index: number) => values[index] as Value,
      };
      const outcomes = await agreed(sumOfProducts, population, [0, 1, 2], { serverArguments: {}, rounds: 2 });
      for (const { value: sum, reports } of outcomes) {
        assert.equal(sum, 146); // 2 · 73
        assert.deepEqual(
          reports.map(({ status }) => status),
          ['accepted', 'dropped', 'accepted'],
        );
        expect(reports[1]).toMatchObject({ code: 'bad-data', reason: expect.stringContaining(at) });
      }
    },
  );
}
