// What the runtime contract asks of datasets that each client walks for its own number of epochs.
import { localComputation, random, sequenceReduce, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedSum,
  field,
  float32,
  int32,
  sequence,
  struct,
  toValue,
} from '@starling/federated-core';
import { populationOf } from '@starling/population';
import { assert, expect, test } from 'vitest';
import type { Agreement } from './agreement.js';
import { datasets } from './contract-computations.js';

const pace = localComputation({ asked: int32() }, ({ asked }) =>
  tf.add(asked, tf.cast(tf.floor(random.uniform([], 0, 3)), 'int32')),
);

const walkOfPace = localComputation(
  { data: sequence(float32()), epochs: int32() },
  ({ data, epochs }) =>
    sequenceReduce(
      data.shuffle().repeat(epochs).batch(2),
      { decayed: tf.scalar(0), elements: tf.scalar(0) },
      ({ decayed, elements }, batch, mask) => ({
        decayed: tf.add(tf.mul(decayed, 0.7), tf.sum(tf.mul(batch, mask))),
        elements: tf.add(elements, tf.sum(mask)),
      }),
    ),
  { name: 'walkOfPace' },
);

/** Each client walks its data for as many epochs as the server asks, and 0 to 2 more by its own draw. */
const paced = federatedComputation(
  { data: atClients(sequence(float32())), asked: atServer(int32()) },
  ({ data, asked }) => {
    const epochs = federatedMap(pace, { asked: federatedBroadcast(asked) });
    return { walked: federatedSum(federatedMap(walkOfPace, { data, epochs })), epochs: federatedSum(epochs) };
  },
  { name: 'paced' },
);

/** Each client walks as many epochs as it holds in `epochs`. */
const pacedByData = federatedComputation(
  { client: atClients(struct({ data: sequence(float32()), epochs: int32() })) },
  ({ client }) => field(federatedSum(federatedMap(walkOfPace, client)), 'elements'),
  { name: 'pacedByData' },
);

export function epochsContract(name: string, { agreed }: Agreement): void {
  test(`\`${name}\` walks a dataset for as many epochs as each client draws`, async () => {
    // All hold three examples: 3 a client and epoch, and from 1 to 3 epochs each.
    const population = datasets(Array.from({ length: 7 }, (_, client) => [client, client / 3, 0.1]));
    const options = { serverArguments: { asked: 1 }, rounds: 3 };
    for (const { value, reports } of await agreed(paced, population, [0, 1, 2, 3, 4, 5, 6], options)) {
      const { walked, epochs } = value as { walked: { elements: number }; epochs: number };
      assert.equal(walked.elements, 3 * epochs);
      assert.isTrue(epochs > 7 && epochs < 21); // all the least, or all the most: twice in 3⁷
      assert.isTrue(reports.every(({ status }) => status === 'accepted'));
    }
  });

  test(`\`${name}\` drops a client whose number of epochs is none, and says why`, async () => {
    // 2 · 2 + 1 · 0 + 3 · 1 elements; −1 and 2³¹ − 1 epochs are refused.
    const population = pacedClients([
      { data: [1, 2], epochs: 2 },
      { data: [4], epochs: -1 },
      { data: [8], epochs: 0 },
      { data: [16], epochs: 2 ** 31 - 1 },
      { data: [1, 2, 3], epochs: 1 },
    ]);
    const [outcome] = await agreed(pacedByData, population, [0, 1, 2, 3, 4], { serverArguments: {} });
    assert.equal(outcome!.value, 7);
    const [negative, large] = [outcome!.reports[1], outcome!.reports[3]];
    for (const report of [negative, large]) {
      expect(report).toMatchObject({ status: 'dropped', code: 'work-failed' });
    }
    expect(negative).toMatchObject({ reason: expect.stringContaining('epochs must be 0 or more, got -1') });
    expect(large).toMatchObject({ reason: expect.stringContaining('are too many') });
  });
}

/** Clients for `pacedByData`. */
function pacedClients(each: readonly { readonly data: readonly number[]; readonly epochs: number }[]) {
  const type = struct({ data: sequence(float32()), epochs: int32() });
  return populationOf(
    each.map((client) => toValue(type, client)),
    type,
  );
}
