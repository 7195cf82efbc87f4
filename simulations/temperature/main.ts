// Which share of the sensors is warmer than a threshold, which share of their readings, and of the sensors' peaks when
// the threshold rises every round? The readings stay with the sensors; only shares and counts travel.
import { localComputation, sequenceLength, sequenceReduce, tf } from '@starling/compute';
import { sensorReadings } from '@starling/datasets';
import * as fc from '@starling/federated-core';
import { uniformSampler } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';

const sensor = { readings: fc.sequence(fc.float32()), threshold: fc.float32() };
const above = (x: tf.Tensor, threshold: tf.Tensor) => tf.cast(tf.greater(x, threshold), 'float32');

const latestAbove = localComputation(sensor, ({ readings, threshold }) => {
  const latest = sequenceReduce(readings, -273.15, (_, reading) => reading);
  return above(latest, threshold);
});
const highestAbove = localComputation(sensor, ({ readings, threshold }) =>
  above(sequenceReduce(readings, -273.15, tf.maximum), threshold),
);
const readingsOver = localComputation(sensor, ({ readings, threshold }) => {
  const count = tf.cast(sequenceLength(readings), 'float32');
  const over = sequenceReduce(readings, 0, (sum, reading) => tf.add(sum, above(reading, threshold)));
  return { share: tf.div(over, tf.maximum(count, 1)), count };
});
const oneMore = localComputation(fc.float32(), (value) => tf.add(value, 1));

const parameters = { readings: fc.atClients(sensor.readings), threshold: fc.atServer(fc.float32()) };
export const sensorsAbove = fc.federatedComputation(parameters, ({ readings, threshold }) =>
  fc.federatedMean(fc.federatedMap(latestAbove, { readings, threshold: fc.federatedBroadcast(threshold) })),
);
export const readingsAbove = fc.federatedComputation(parameters, ({ readings, threshold }) => {
  const mine = fc.federatedMap(readingsOver, { readings, threshold: fc.federatedBroadcast(threshold) });
  return fc.federatedMean(fc.field(mine, 'share'), { weight: fc.field(mine, 'count') });
});
export const risingThreshold = (from: number) => {
  const initialize = fc.federatedComputation(null, () => fc.federatedValue(from, 'SERVER', fc.float32()));
  const placed = { state: parameters.threshold, readings: parameters.readings };
  const next = fc.federatedComputation(placed, ({ state: threshold, readings }) => {
    const hot = fc.federatedMap(highestAbove, { readings, threshold: fc.federatedBroadcast(threshold) });
    return { state: fc.federatedMap(oneMore, threshold), metrics: fc.federatedMean(hot) };
  });
  return fc.iterativeProcess({ initialize, next });
};

export default defineFederation({
  name: 'temperature',
  description: 'Which share of real sensors is warmer than a threshold?',
  options: z.object({
    clients: z.int().default(4).describe('sensors; above 4, readings are cut by time'),
    threshold: z.number().default(30).describe('°C'),
    question: z.enum(['sensors', 'readings', 'rising']).default('sensors').describe('the share of what'),
  }),
  build({ clients, threshold, question }) {
    const population = sensorReadings({ clients });
    const sampler = uniformSampler({ cohortSize: clients });
    if (question === 'rising') return { process: risingThreshold(threshold), population, sampler, rounds: 5 };
    const computation = question === 'sensors' ? sensorsAbove : readingsAbove;
    return { computation, arguments: { threshold }, population, sampler, rounds: 1 };
  },
});
