// A process that selects by keys: the state is a table, each round clients get noisy rows by their keys, and the table
// moves by the mean of what they make of them. What could differ between runtimes is in it: the server's draws by key,
// the clients' own, duplicates, no keys, and sums that do not add exactly.
import { localComputation, random, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSelect,
  federatedSequenceSum,
  federatedValue,
  float32,
  type IterativeProcess,
  int32,
  iterativeProcess,
  struct,
  toValue,
} from '@starling/federated-core';
import { type Population, populationOf } from '@starling/population';

const ROWS = 6;

const noisyRow = localComputation({ table: float32(ROWS, 2), key: int32() }, ({ table, key }) =>
  tf.add(tf.gather(table, key), random.uniform([2], -0.1, 0.1)),
);
const blurred = localComputation(float32(2), (sum) =>
  tf.add(tf.div(sum, 3), random.uniform([2], -0.01, 0.01)),
);
const moved = localComputation({ table: float32(ROWS, 2), mean: float32(2) }, ({ table, mean }) =>
  tf.add(tf.mul(table, 0.9), tf.reshape(mean, [1, 2])),
);

export function wanderingRows(): IterativeProcess {
  const start = Array.from({ length: ROWS }, (_, row) => [row / 7, 1 - row / 3]);
  const initialize = federatedComputation(null, () => federatedValue(start, 'SERVER', float32(ROWS, 2)));
  const next = federatedComputation(
    { state: atServer(float32(ROWS, 2)), keys: atClients(int32(null)) },
    ({ state, keys }) => {
      const rows = federatedSelect(state, { keys, keyBound: ROWS, slice: noisyRow });
      const mean = federatedMean(federatedMap(blurred, federatedSequenceSum(rows)));
      return { state: federatedMap(moved, { table: state, mean }), metrics: mean };
    },
    { name: 'wanderingRows' },
  );
  return iterativeProcess({ initialize, next });
}

/** Clients with 0 to 3 keys each, some of them twice, by a formula. */
export function keyHolders(size: number): Population {
  const dataType = struct({ keys: int32(null) });
  const values = Array.from({ length: size }, (_, client) =>
    toValue(dataType, {
      keys: Array.from({ length: client % 4 }, (_, index) => (client * 5 + index * index * 3) % ROWS),
    }),
  );
  return populationOf(values, dataType, { name: 'key holders' });
}
