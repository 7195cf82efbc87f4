// The questions of `npm run bench -- --tiny`: what each of very many clients computes in a moment, so that everything
// around it is what is measured.
import { localComputation, sequenceReduce, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  type FederatedComputation,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSum,
  float32,
  generator,
  seedFrom,
  sequence,
  struct,
  tensor,
} from '@starling/federated-core';
import { type Population, populationOf } from '@starling/population';

export const QUESTIONS = ['threshold', 'latest reading', 'sum'] as const;
export type QuestionName = (typeof QUESTIONS)[number];

export interface Question {
  readonly computation: FederatedComputation;
  readonly arguments: Readonly<Record<string, number>> | undefined;
  readonly population: Population;
}

/** Readings of a sensor, at most. */
const READINGS = 4;

/** The question, and `clients` sensors with readings between 20 and 40 °C. */
export function questionOf(name: QuestionName, clients: number): Question {
  const random = generator(seedFrom(7));
  const degrees = (): number => 20 + 20 * random.uniform();
  const numbers = (): Population =>
    populationOf(
      Array.from({ length: clients }, () => ({ reading: tensor('float32', [], Float32Array.of(degrees())) })),
      struct({ reading: float32() }),
    );
  switch (name) {
    case 'threshold':
      return { computation: readingAbove, arguments: { threshold: 30 }, population: numbers() };
    case 'sum':
      return { computation: sumOfReadings, arguments: undefined, population: numbers() };
    case 'latest reading': {
      const sensors = Array.from({ length: clients }, () => {
        const readings = Float32Array.from({ length: random.below(READINGS + 1) }, degrees);
        return {
          readings: { length: readings.length, columns: tensor('float32', [readings.length], readings) },
        };
      });
      const population = populationOf(sensors, struct({ readings: sequence(float32()) }));
      return { computation: latestAbove, arguments: { threshold: 30 }, population };
    }
    default:
      return name satisfies never;
  }
}

const above = (reading: tf.Tensor, threshold: tf.Tensor): tf.Tensor =>
  tf.cast(tf.greater(reading, threshold), 'float32');

const threshold = atServer(float32());

/** Which share of the sensors, of one number each, is above the threshold? */
const readingAbove = federatedComputation(
  { reading: atClients(float32()), threshold },
  ({ reading, threshold }) => {
    const local = localComputation({ reading: float32(), threshold: float32() }, ({ reading, threshold }) =>
      above(reading, threshold),
    );
    return federatedMean(federatedMap(local, { reading, threshold: federatedBroadcast(threshold) }));
  },
);

/** The same of the latest of several readings, as `simulations/temperature` asks. */
const latestAbove = federatedComputation(
  { readings: atClients(sequence(float32())), threshold },
  ({ readings, threshold }) => {
    const local = localComputation(
      { readings: sequence(float32()), threshold: float32() },
      ({ readings, threshold }) =>
        above(
          sequenceReduce(readings, -273.15, (_, reading) => reading),
          threshold,
        ),
    );
    return federatedMean(federatedMap(local, { readings, threshold: federatedBroadcast(threshold) }));
  },
);

/** What the sensors' numbers come to: nothing is computed on a sensor. */
const sumOfReadings = federatedComputation({ reading: atClients(float32()) }, ({ reading }) =>
  federatedSum(reading),
);
