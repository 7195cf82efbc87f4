// Computations that several tests print, save and compile.
import { federatedComputation } from '../computations/federated-computation.js';
import { field } from '../expression/symbolic-value.js';
import { federatedBroadcast } from '../intrinsics/moves/federated-broadcast.js';
import { federatedSample } from '../intrinsics/moves/federated-sample.js';
import { federatedSelect } from '../intrinsics/moves/federated-select.js';
import { federatedMap } from '../intrinsics/pointwise/federated-map.js';
import { federatedValue } from '../intrinsics/pointwise/federated-value.js';
import { federatedZip } from '../intrinsics/pointwise/federated-zip.js';
import { federatedSequenceReduce } from '../intrinsics/sequences/federated-sequence-reduce.js';
import { federatedSequenceSum } from '../intrinsics/sequences/federated-sequence-sum.js';
import { federatedAggregate } from '../intrinsics/sums/federated-aggregate.js';
import { federatedMean } from '../intrinsics/sums/federated-mean.js';
import { federatedSum } from '../intrinsics/sums/federated-sum.js';
import { atClients, atServer, float32, int32, sequence } from '../types/types.js';
import type { Tensor } from '../values/tensor.js';
import { plainLocal } from './plain-local.js';

const above = plainLocal(
  { reading: float32(), threshold: float32() },
  float32(),
  ({ reading, threshold }) => (reading > threshold ? 1 : 0),
  'above',
);
const larger = plainLocal(
  { best: float32(), next: float32() },
  float32(),
  ({ best, next }) => Math.max(best, next),
  'larger',
);
const squaredGap = plainLocal(
  { value: float32(), center: float32() },
  float32(),
  ({ value, center }) => (value - center) ** 2,
  'squaredGap',
);
const next = plainLocal(float32(), float32(), (value) => value + 1, 'next');
const add = plainLocal({ a: float32(), b: float32() }, float32(), ({ a, b }) => a + b, 'add');
/** A row of a table. */
export const row = plainLocal(
  { table: float32(100, 8), key: int32() },
  float32(8),
  ({ table, key }) => (table as Tensor<'float32'>).data.slice(8 * key, 8 * key + 8),
  'row',
);

/** One round trip with a state: which clients' highest reading is above a threshold that moves. */
export const movingThreshold = federatedComputation(
  { state: atServer(float32()), readings: atClients(sequence(float32())) },
  ({ state, readings }) => {
    const highest = federatedSequenceReduce(readings, -273, larger);
    const hot = federatedMap(above, { reading: highest, threshold: federatedBroadcast(state) });
    return {
      state: federatedMap(next, state),
      metrics: federatedZip({
        fraction: federatedMean(hot, { ifEmpty: 0 }),
        clients: federatedSum(federatedValue(1, 'CLIENTS', int32())),
      }),
    };
  },
  { name: 'movingThreshold' },
);

/** Two round trips: the variance needs the mean. */
export const variance = federatedComputation(
  { values: atClients(float32()) },
  ({ values }) => {
    const center = federatedBroadcast(federatedMean(values));
    return federatedMean(federatedMap(squaredGap, { value: values, center }));
  },
  { name: 'variance' },
);

/** Slices, an aggregate of its own, and values that are revealed. */
export const revealing = federatedComputation(
  { keys: atClients(int32(null)), table: atServer(float32(100, 8)), score: atClients(float32()) },
  ({ keys, table, score }) => ({
    slices: federatedSum(federatedSequenceSum(federatedSelect(table, { keys, keyBound: 100, slice: row }))),
    total: federatedAggregate(score, { zero: 0, accumulate: add, merge: add, report: next }),
    someone: federatedSample(field(federatedZip({ score, keys }), 'score'), { maxSamples: 2 }),
  }),
  { name: 'revealing' },
);
