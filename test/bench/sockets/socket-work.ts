// The run of `--sockets` and `--soak`: a model of so many bytes goes to every client, each adds its own number, and the
// server takes the mean, so that what is measured is the way and not the work.
import { localComputation, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedValue,
  float32,
  type IterativeProcess,
  iterativeProcess,
  struct,
  toValue,
} from '@starling/federated-core';
import { type Population, populationOf } from '@starling/population';

const FLOAT_BYTES = 4;

/** What is measured: all clients take part in each round. */
export interface SocketLoad {
  readonly clients: number;
  readonly modelBytes: number;
  readonly rounds: number;
}

/** The state becomes the mean over clients of itself and their number. */
export function sharedModel(modelBytes: number): IterativeProcess {
  const model = float32(modelBytes / FLOAT_BYTES);
  const moved = localComputation({ model, step: float32() }, ({ model, step }) => tf.add(model, step));
  const initialize = federatedComputation(
    {},
    () => federatedValue(new Float32Array(modelBytes / FLOAT_BYTES), 'SERVER', model),
    { name: 'start' },
  );
  const next = federatedComputation(
    { state: atServer(model), step: atClients(float32()) },
    ({ state, step }) => ({
      state: federatedMean(federatedMap(moved, { model: federatedBroadcast(state), step })),
      metrics: federatedMean(step),
    }),
    { name: 'sharedModel' },
  );
  return iterativeProcess({ initialize, next });
}

/** Client n has the number n mod 2: the mean moves by a half each round, so that the state shows what was added up. */
export function steppers(clients: number): Population {
  const dataType = struct({ step: float32() });
  const values = Array.from({ length: clients }, (_, client) => toValue(dataType, { step: client % 2 }));
  return populationOf(values, dataType, { name: 'steppers' });
}
