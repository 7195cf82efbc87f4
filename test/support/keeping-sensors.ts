// Sensors that keep a state: each a slow mean of its own readings, which the server's mean pulls at. What a round comes
// to follows from what every client of it has kept.
import { localComputation, sequenceLength, sequenceReduce, tf } from '@starling/compute';
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
} from '@starling/federated-core';

const readings = sequence(float32());
const kept = struct({ slow: float32(3), rounds: float32() });

const step = localComputation(
  { readings, kept, mean: float32() },
  ({ readings: own, kept: before, mean }) => {
    const sum = sequenceReduce(own, tf.scalar(0), (total, reading) => tf.add(total, reading));
    const now = tf.div(sum, tf.maximum(tf.cast(sequenceLength(own), 'float32'), 1));
    const pulled = tf.add(tf.mul(before.slow, 0.7), tf.mul(tf.stack([now, mean, before.rounds]), 0.3));
    return {
      kept: { slow: pulled, rounds: tf.add(before.rounds, 1) },
      sent: tf.add(tf.sum(before.slow), now),
    };
  },
);
const move = localComputation({ before: float32(), sent: float32() }, ({ before, sent }) =>
  tf.add(tf.mul(before, 0.9), tf.mul(sent, 0.01)),
);

export function keepingSensors(): IterativeProcess {
  return iterativeProcess({
    initialize: federatedComputation(null, () => federatedValue(1, 'SERVER', float32())),
    initializeClient: federatedComputation(null, () =>
      federatedValue({ slow: [1, 2, 3], rounds: 0 }, 'CLIENTS', kept),
    ),
    next: federatedComputation(
      { state: atServer(float32()), clientState: atClients(kept), readings: atClients(readings) },
      ({ state, clientState, readings: own }) => {
        const done = federatedMap(step, {
          readings: own,
          kept: clientState,
          mean: federatedBroadcast(state),
        });
        const sent = federatedMean(field(done, 'sent'));
        return {
          state: federatedMap(move, { before: state, sent }),
          clientState: field(done, 'kept'),
          metrics: sent,
        };
      },
      { name: 'keeping sensors' },
    ),
  });
}
