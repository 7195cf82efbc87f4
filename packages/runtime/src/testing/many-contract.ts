// What the runtime contract asks where clients are many and their work is small: whether a runtime has them work one by
// one or many in one call, each is given the same bits, and is lost for the same reason.
import { localComputation, sequenceLength, sequenceReduce, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  type FederatedComputation,
  federatedBroadcast,
  federatedCollect,
  federatedComputation,
  federatedMap,
  federatedMax,
  federatedMean,
  federatedSum,
  field,
  float32,
  sequence,
  struct,
  tensor,
} from '@starling/federated-core';
import { type Population, populationOf, uniformSampler } from '@starling/population';
import { expect, test } from 'vitest';
import { createEngine } from '../engines/engines.js';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { runRounds } from '../rounds/run-rounds.js';
import type { Runtime } from '../runtime/runtime.js';
import type { MakeRuntime } from './agreement.js';

/** More than one lane, and no whole number of any. */
const CLIENTS = 157;

const readings = sequence(float32());
const sensor = struct({ readings, offset: float32(2) });

const readingsOver = localComputation(
  { readings, offset: float32(2), threshold: float32() },
  ({ readings, offset, threshold }) => {
    const over = sequenceReduce(readings, 0, (count, reading) =>
      tf.add(count, tf.cast(tf.greater(reading, threshold), 'float32')),
    );
    const latest = sequenceReduce(readings, -1, (_, reading) => reading);
    const count = tf.cast(sequenceLength(readings), 'float32');
    return {
      share: tf.div(over, tf.maximum(count, 1)),
      count,
      moved: tf.mul(tf.add(offset, latest), 0.1),
      // Below 0 for a latest reading beyond 3: that weight is refused.
      weight: tf.sub(3, latest),
    };
  },
);

const parameters = {
  readings: atClients(readings),
  offset: atClients(float32(2)),
  threshold: atServer(float32()),
};

const QUESTIONS: readonly (readonly [what: string, computation: FederatedComputation, args: object])[] = [
  [
    'means with weights, and a sum',
    federatedComputation(parameters, ({ readings, offset, threshold }) => {
      const local = federatedMap(readingsOver, {
        readings,
        offset,
        threshold: federatedBroadcast(threshold),
      });
      return {
        share: federatedMean(field(local, 'share'), { weight: field(local, 'count') }),
        moved: federatedMean(field(local, 'moved'), { weight: field(local, 'weight') }),
        total: federatedSum(field(local, 'moved')),
      };
    }),
    { threshold: 1.5 },
  ],
  [
    'sums of what they hold',
    federatedComputation({ offset: atClients(float32(2)) }, ({ offset }) => federatedSum(offset)),
    {},
  ],
  [
    'a list of what they hold, and its maximum',
    federatedComputation({ offset: atClients(float32(2)) }, ({ offset }) => ({
      all: federatedCollect(offset),
      most: federatedMax(offset),
    })),
    {},
  ],
];

/** Clients with up to six readings, of which some cannot count. */
function sensors(): Population {
  const clients = Array.from({ length: CLIENTS }, (_, client) => {
    const length = (client * 7) % 6;
    const values = Float32Array.from({ length }, (_, at) => ((client * 31 + at * 17) % 40) / 10);
    const second = client % 41 === 5 ? Number.NaN : -client / 3;
    const offset = tensor('float32', [2], Float32Array.of(client / 7, second));
    return { readings: { length, columns: tensor('float32', [length], values) }, offset };
  });
  const population = populationOf(clients, sensor);
  return {
    ...population,
    load(index) {
      if (index % 50 === 9) throw new Error('no disk');
      if (index % 60 === 13)
        return { ...clients[index]!, offset: tensor('float32', [1], Float32Array.of(1)) };
      return population.load(index);
    },
  };
}

export function manyContract(name: string, makeRuntime: MakeRuntime): void {
  test.each(QUESTIONS)(
    `\`${name}\` gives many clients the bits of one by one: %s`,
    async (_, computation, args) => {
      const population = sensors();
      const engine = await createEngine();
      const { loadBatch: _left, ...oneByOne } = engine;
      const runOn = async (runtime: Runtime, laneSize: number) => {
        const told: unknown[] = [];
        const { stateHash } = await runRounds({
          computation,
          arguments: args,
          population,
          laneSize,
          sampler: uniformSampler({ cohortSize: CLIENTS - 3 }),
          runtime,
          rounds: 2,
          seed: 3,
          onRound: ({ reports }) => void told.push(reports),
        });
        return { stateHash, told };
      };
      for (const laneSize of [1, 5, 100]) {
        const tested = await runOn(await makeRuntime(population), laneSize);
        const reference = await runOn(inProcessRuntime({ engine: oneByOne }), laneSize);
        expect(tested).toEqual(reference);
      }
      await engine.dispose();
    },
  );
}
