// Processes whose clients keep a state, as small as may be: a leaning that each client draws, and brings closer to what
// it holds; and what the server makes of all of them.
import { localComputation, random, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedBroadcast,
  federatedComputation,
  federatedEval,
  federatedMap,
  federatedSum,
  federatedValue,
  federatedZip,
  field,
  float32,
  type IterativeProcess,
  int32,
  iterativeProcess,
  struct,
} from '@starling/federated-core';
import type { WhenLost } from '@starling/federated-core/plan';

/** What each client keeps: 12 bytes. */
export const leaning = struct({ lean: float32(2), rounds: int32() });

const draw = localComputation(null, () => ({
  lean: random.normal([2], 0, 1),
  rounds: tf.scalar(0, 'int32'),
}));
const report = localComputation({ value: float32(), kept: leaning }, ({ value, kept }) =>
  tf.add(tf.sum(tf.mul(kept.lean, [1, 0.3])), tf.add(value, random.uniform([]))),
);
const lean = localComputation(
  { value: float32(), model: float32(), kept: leaning },
  ({ value, model, kept }) => ({
    lean: tf.add(tf.mul(kept.lean, 0.5), tf.stack([tf.mul(value, 0.1), tf.sin(model)])),
    rounds: tf.add(kept.rounds, tf.scalar(1, 'int32')),
  }),
);
const move = localComputation({ model: float32(), sum: float32() }, ({ model, sum }) =>
  tf.add(tf.mul(model, 0.9), tf.mul(sum, 0.01)),
);
/** The same; of three attempts one, at random, divides by 0. */
const moveOrFall = localComputation({ model: float32(), sum: float32() }, ({ model, sum }) =>
  tf.div(tf.add(tf.mul(model, 0.9), tf.mul(sum, 0.01)), tf.floor(tf.add(random.uniform([]), 0.67))),
);
const gap = localComputation({ value: float32(), sum: float32() }, (each) =>
  tf.squaredDifference(each.value, each.sum),
);
const asFloat = localComputation(int32(), (count) => tf.cast(count, 'float32'));

interface KeepingOptions {
  readonly whenLost?: WhenLost;
  /** Whether attempts at rounds fail, now and then, at the server. */
  readonly isShaky?: boolean;
}

/**
 * Two round trips; the new state of a client is made of what the server sends before the first, of what it sends after
 * it, or of what comes of both, which takes a third. The metrics are of what clients keep, summed.
 */
export function keepingProcess(
  made: 'first' | 'second' | 'third' = 'first',
  { whenLost = 'restart', isShaky = false }: KeepingOptions = {},
): IterativeProcess {
  return iterativeProcess(
    {
      initialize: federatedComputation(null, () => federatedValue(0.5, 'SERVER', float32())),
      initializeClient: federatedComputation(null, () => federatedEval(draw, 'CLIENTS')),
      next: federatedComputation(
        { state: atServer(float32()), clientState: atClients(leaning), value: atClients(float32()) },
        ({ state, clientState, value }) => {
          const sum = federatedSum(federatedMap(report, { value, kept: clientState }));
          const gaps = federatedSum(federatedMap(gap, { value, sum: federatedBroadcast(sum) }));
          const model = { first: state, second: sum, third: gaps }[made];
          return {
            state: federatedMap(isShaky ? moveOrFall : move, { model: state, sum }),
            clientState: federatedMap(lean, { value, model: federatedBroadcast(model), kept: clientState }),
            metrics: federatedZip({
              sum,
              gaps,
              rounds: federatedSum(federatedMap(asFloat, field(clientState, 'rounds'))),
            }),
          };
        },
        { name: `keeping-${made}` },
      ),
    },
    { whenLost, finiteState: true },
  );
}

/** What clients keep, summed: for an evaluation, which reads it. */
export const leaningsOf = federatedComputation(
  { clientState: atClients(leaning), value: atClients(float32()) },
  ({ clientState, value }) =>
    federatedZip({
      lean: federatedSum(field(clientState, 'lean')),
      rounds: federatedSum(federatedMap(asFloat, field(clientState, 'rounds'))),
      value: federatedSum(value),
    }),
  { name: 'leanings' },
);
