// A small process with everything that could differ between runtimes: state, datasets of different lengths, a
// weighted mean of fractions that do not add exactly, and randomness in the clients' work.
import { localComputation, random, sequenceLength, sequenceReduce, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedValue,
  field,
  float32,
  type IterativeProcess,
  iterativeProcess,
  sequence,
  struct,
  toValue,
} from '@starling/federated-core';
import { type Population, populationOf } from '@starling/population';

const readings = sequence(float32());

/** The fraction of a client's readings above the threshold, blurred by its own draw, and how many there are. */
const fractionAbove = localComputation({ readings, threshold: float32() }, ({ readings, threshold }) => {
  const above = sequenceReduce(readings, tf.scalar(0), (count, reading) =>
    tf.add(count, tf.cast(tf.greater(reading, threshold), 'float32')),
  );
  const length = tf.cast(sequenceLength(readings), 'float32');
  const blur = random.uniform([], -0.01, 0.01);
  return { fraction: tf.add(tf.div(above, length), blur), length };
});

const moved = localComputation({ threshold: float32(), fraction: float32() }, ({ threshold, fraction }) =>
  tf.add(threshold, tf.sub(fraction, 0.5)),
);

/** The threshold moves each round towards the median of all readings. */
export function driftingThreshold(): IterativeProcess {
  const initialize = federatedComputation({}, () => federatedValue(30, 'SERVER', float32()), {
    name: 'start',
  });
  const next = federatedComputation(
    { state: atServer(float32()), readings: atClients(readings) },
    ({ state, readings }) => {
      const answer = federatedMap(fractionAbove, { readings, threshold: federatedBroadcast(state) });
      const fraction = federatedMean(field(answer, 'fraction'), { weight: field(answer, 'length') });
      return {
        state: federatedMap(moved, { threshold: state, fraction }),
        metrics: fraction,
      };
    },
    { name: 'driftingThreshold' },
  );
  return iterativeProcess({ initialize, next });
}

/** Clients with 1 to 5 readings each, between 20 and 40 °C, by a formula. */
export function sensors(size: number): Population {
  const dataType = struct({ readings });
  const values = Array.from({ length: size }, (_, client) =>
    toValue(dataType, {
      readings: Array.from(
        { length: 1 + (client % 5) },
        (_, index) => 20 + ((client * 7 + index * 13) % 200) / 10,
      ),
    }),
  );
  return populationOf(values, dataType, { name: 'sensors' });
}
