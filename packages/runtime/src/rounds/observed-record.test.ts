import { localComputation, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedComputation,
  federatedMap,
  federatedSum,
  federatedValue,
  federatedZip,
  float32,
  iterativeProcess,
  type Tensor,
} from '@starling/federated-core';
import { assert, describe, test } from 'vitest';
import { add, options } from '../testing/growth.js';
import type { RoundRecord } from './run-options.js';
import { runRounds } from './run-rounds.js';

const twice = localComputation(float32(), (each) => tf.mul(each, 2));
const start = federatedComputation(null, () =>
  federatedZip({
    sum: federatedValue(0, 'SERVER', float32()),
    double: federatedValue(0, 'SERVER', float32()),
  }),
);

/** Adds up what cohorts hold, and twice that. */
const sums = iterativeProcess({
  initialize: start,
  next: federatedComputation(
    { state: atServer(start.type.result.member), value: atClients(float32()) },
    (given) => {
      const before = federatedMap(
        localComputation({ state: start.type.result.member }, ({ state }) => state.sum),
        { state: given.state },
      );
      const sum = federatedMap(add, { left: before, right: federatedSum(given.value) });
      return {
        state: federatedZip({ sum, double: federatedMap(twice, sum) }),
        metrics: federatedZip({ sum }),
      };
    },
  ),
});

const { process: _, arguments: __, ...common } = options();

describe('observedRecord', () => {
  test('`observedRecord` gives the state as a value of its type, as the result has it', async () => {
    const seen: number[] = [];
    const { stateValue } = await runRounds({
      ...common,
      process: sums,
      onRound: (record) => {
        const sum: Tensor<'float32'> = record.stateValue.sum;
        seen.push(sum.data[0]!, record.stateValue.double.data[0]!);
      },
    });
    // Cohorts (0,1), (1,2), (2,3): sums 1, 4, 9.
    assert.deepEqual(seen, [1, 2, 4, 8, 9, 18]);
    assert.deepEqual([stateValue.sum.data[0], stateValue.double.data[0]], [9, 18]);
  });

  test('`observedRecord` keeps what an observer writes to the state from the next round', async () => {
    const { stateValue } = await runRounds({
      ...common,
      process: sums,
      onRound: ({ state, stateValue: value }) => {
        (state[0]!.data as Float32Array).fill(100);
        assert.equal(value.sum.data[0], 100); // one copy, read twice
      },
    });
    assert.equal(stateValue.sum.data[0], 9);
  });

  test('`observedRecord` says where a field is that is read of the leaves', async () => {
    const read = (state: unknown): unknown => (state as { readonly sum: unknown }).sum;
    const words =
      /^Cannot read 'sum' of state: need the number of a leaf, such as state\[0\], got 'sum'\. .*stateValue\.sum\n/;
    const { state } = await runRounds({
      ...common,
      process: sums,
      onRound: (record) => void assert.throws(() => read(record.state), words),
    });
    assert.throws(() => read(state), words);
    assert.equal(state.length, 2);
  });

  test('`observedRecord` gives the result of a computation, which has no state', async () => {
    const computation = federatedComputation({ value: atClients(float32()) }, ({ value }) => ({
      sum: federatedSum(value),
    }));
    const records: RoundRecord[] = [];
    const onRound = (record: RoundRecord): void => void records.push(record);
    await runRounds({ ...common, computation, rounds: 2, onRound });
    assert.deepEqual(
      records.map(({ state, stateValue }) => [state, (stateValue as { sum: Tensor }).sum.data[0]]),
      [
        [[], 1],
        [[], 3],
      ],
    );
  });
});
