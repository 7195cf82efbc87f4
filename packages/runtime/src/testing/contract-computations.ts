// The computations that the runtime contract runs: each is the smallest that shows one thing a runtime must do.
import { localComputation, random, sequenceLength, sequenceReduce, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedAggregate,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSum,
  federatedValue,
  field,
  float32,
  iterativeProcess,
  sequence,
  type Type,
  toValue,
} from '@starling/federated-core';
import { type Population, populationOf } from '@starling/population';

const same = localComputation(float32(), (value) => tf.add(value, 0), { name: 'same' });

export const totalOf = federatedComputation(
  { value: atClients(float32()) },
  ({ value }) => federatedSum(federatedMap(same, value)),
  { name: 'totalOf' },
);

export const fractionAbove = federatedComputation(
  { value: atClients(float32()), threshold: atServer(float32()) },
  ({ value, threshold }) => {
    const above = localComputation({ value: float32(), threshold: float32() }, (each) =>
      tf.cast(tf.greater(each.value, each.threshold), 'float32'),
    );
    return federatedMean(federatedMap(above, { value, threshold: federatedBroadcast(threshold) }));
  },
  { name: 'fractionAbove' },
);

/** <sum, count> of a dataset. */
const totalOfDataset = localComputation(
  { data: sequence(float32()) },
  ({ data }) => ({
    sum: sequenceReduce(data, tf.scalar(0), (sum, element) => tf.add(sum, element)),
    count: tf.cast(sequenceLength(data), 'float32'),
  }),
  { name: 'totalOfDataset' },
);

const meanOfDataset = localComputation(
  { sum: float32(), count: float32() },
  ({ sum, count }) => tf.div(sum, tf.maximum(count, 1)),
  { name: 'meanOfDataset' },
);

export const meanOfMeans = federatedComputation(
  { data: atClients(sequence(float32())) },
  ({ data }) => {
    const total = federatedMap(totalOfDataset, { data });
    return federatedMean(federatedMap(meanOfDataset, total), { weight: field(total, 'count') });
  },
  { name: 'meanOfMeans' },
);

export const variance = federatedComputation(
  { value: atClients(float32()) },
  ({ value }) => {
    const squaredGap = localComputation({ value: float32(), center: float32() }, (each) =>
      tf.squaredDifference(each.value, each.center),
    );
    const mean = federatedMean(value);
    const gaps = federatedMap(squaredGap, { value, center: federatedBroadcast(mean) });
    return {
      mean,
      variance: federatedMean(gaps),
      clients: federatedSum(
        federatedMap(
          localComputation(float32(), (gap) => tf.onesLike(gap)),
          gaps,
        ),
      ),
    };
  },
  { name: 'variance' },
);

export const product = federatedComputation(
  { value: atClients(float32()) },
  ({ value }) =>
    federatedAggregate(value, {
      zero: 1,
      accumulate: localComputation({ product: float32(), value: float32() }, (each) =>
        tf.mul(each.product, tf.add(each.value, 1)),
      ),
      merge: localComputation({ left: float32(), right: float32() }, ({ left, right }) =>
        tf.mul(left, right),
      ),
      report: localComputation(float32(), (result) => tf.add(result, 0)),
    }),
  { name: 'product' },
);

export const noise = federatedComputation(
  { value: atClients(float32()) },
  ({ value }) => {
    const noisy = localComputation(float32(), (each) => tf.add(each, random.uniform([])));
    return federatedMean(federatedMap(noisy, value));
  },
  { name: 'noise' },
);

/** A state that clients pull towards the noisy mean of what they hold. */
export const drift = iterativeProcess({
  initialize: federatedComputation(null, () => federatedValue(0.5, 'SERVER', float32())),
  next: federatedComputation(
    { state: atServer(float32()), data: atClients(sequence(float32())) },
    ({ state, data }) => {
      const total = federatedMap(totalOfDataset, { data });
      const pull = localComputation(
        { state: float32(), sum: float32(), count: float32() },
        ({ state: before, sum, count }) =>
          tf.add(tf.sub(tf.div(sum, count), before), random.normal([], 0, 0.1)),
      );
      const moved = federatedMean(
        federatedMap(pull, {
          state: federatedBroadcast(state),
          sum: field(total, 'sum'),
          count: field(total, 'count'),
        }),
        { weight: field(total, 'count') },
      );
      const step = localComputation({ state: float32(), moved: float32() }, (each) =>
        tf.add(each.state, tf.mul(each.moved, 0.3)),
      );
      return { state: federatedMap(step, { state, moved }), metrics: { moved } };
    },
  ),
});

function values(type: Type, each: readonly unknown[]): Population {
  return populationOf(
    each.map((value) => toValue(type, value)),
    type,
  );
}

/** Clients that hold one float32 each. */
export function floats(numbers: readonly number[]): Population {
  return values(float32(), numbers);
}

/** Clients that hold a dataset each. */
export function datasets(lists: readonly (readonly number[])[]): Population {
  return values(sequence(float32()), lists);
}
