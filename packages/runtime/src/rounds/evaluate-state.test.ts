import { localComputation, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedBroadcast,
  federatedCollect,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSum,
  float32,
  type Tensor,
  toValue,
} from '@starling/federated-core';
import { type CohortRequest, populationOf } from '@starling/population';
import { memoryStore } from '@starling/store';
import { assert, describe, expect, test } from 'vitest';
import type { RecordLine } from '../record/record-line.js';
import { numberOf, options } from '../testing/growth.js';
import type { ClientsEvaluation } from './evaluation.js';
import type { RoundRecord, RunOptions } from './run-options.js';
import { runRounds } from './run-rounds.js';

const pair = { value: float32(), state: float32() };
const minus = localComputation(pair, ({ value, state }) => tf.sub(value, state));

/** The mean of value − state over those that are asked, and what each of them found. */
const distance = federatedComputation(
  { state: atServer(float32()), value: atClients(float32()) },
  ({ state, value }) => {
    const far = federatedMap(minus, { value, state: federatedBroadcast(state) });
    return { mean: federatedMean(far), each: federatedCollect(far) };
  },
);

const clients = (values: readonly number[], first: number) =>
  populationOf(
    values.map((value) => toValue(float32(), value)),
    float32(),
    { clientIds: values.map((_, index) => `client-${first + index}`) },
  );
/** Clients who do not train. */
const heldOut = clients([10, 20], 4);
const evaluation: ClientsEvaluation = { every: 2, computation: distance, population: heldOut };

/** Round n has clients n − 1 and n; the state is 100, 101, 104, 109, as it grows by twice their mean. */
async function recordsOf(more: Partial<RunOptions>): Promise<readonly RoundRecord[]> {
  const records: RoundRecord[] = [];
  await runRounds(
    options({
      population: clients([0, 1, 2, 3], 0),
      evaluation,
      onRound: (record) => void records.push(record),
      ...more,
    }),
  );
  return records;
}

describe('evaluation on clients', () => {
  test('`runRounds` records what `finish` makes of what the clients found, and nothing else', async () => {
    const lines: RecordLine[] = [];
    // Two held-out clients have 10 and 20: their mean less the state of 104 or of 109.
    const finish = (found: unknown) => ({ far: -(found as { readonly mean: number }).mean, none: null });
    await recordsOf({ evaluation: { ...evaluation, finish }, onRecord: (line) => void lines.push(line) });
    const found = lines.flatMap((line) =>
      line.type === 'round' && line.evaluation ? [line.evaluation] : [],
    );
    expect(found).toEqual([
      { far: 104 - 15, none: null },
      { far: 109 - 15, none: null },
    ]);
    const wrong = recordsOf({ evaluation: { ...evaluation, finish: async () => 1 } });
    await expect(wrong).rejects.toThrow('what evaluation.finish gives must be numbers by name');
  });

  test('`runRounds` asks the clients of the evaluation every so many rounds, and after the last', async () => {
    const records = await recordsOf({ rounds: 3 });
    assert.deepEqual(
      records.map((record) => record.evaluation),
      [
        undefined,
        { mean: 15 - 104, each: [10 - 104, 20 - 104] },
        { mean: 15 - 109, each: [10 - 109, 20 - 109] },
      ],
    );
    assert.deepEqual(
      records.map((record) => record.evaluationReports?.map(({ client }) => client)),
      [undefined, ['client-4', 'client-5'], ['client-4', 'client-5']],
    );
    // What it collects is in their order, and so worth nothing without their names.
    assert.deepEqual(
      records.map((record) => record.evaluationClients),
      [undefined, ['client-4', 'client-5'], ['client-4', 'client-5']],
    );
  });

  test('`runRounds` ends in the state of a run that is not evaluated', async () => {
    const plain = await runRounds(options());
    const evaluated = await runRounds(
      options({ evaluation: { ...evaluation, population: clients([7], 7) } }),
    );
    assert.equal(evaluated.stateHash, plain.stateHash);
    assert.equal(numberOf(evaluated.state), 109);
  });

  test('`runRounds` takes parameters from the arguments of the evaluation, and all clients of the run when it names no others', async () => {
    const computation = federatedComputation(
      { rate: atServer(float32()), value: atClients(float32()) },
      ({ rate, value }) => federatedSum(federatedMap(minus, { value, state: federatedBroadcast(rate) })),
    );
    const [record] = await recordsOf({
      rounds: 1,
      evaluation: { every: 1, computation, arguments: { rate: 1 } },
    });
    assert.equal(record?.evaluation, 0 + 1 + 2 + 3 - 4);
    assert.isUndefined(record?.evaluationClients); // sums say nothing of single clients
  });

  test('`runRounds` asks those whom the sampler of the evaluation draws', async () => {
    const sampler = { name: 'last', sample: ({ populationSize }: CohortRequest) => [populationSize - 1] };
    const [record] = await recordsOf({ rounds: 1, evaluation: { ...evaluation, every: 1, sampler } });
    assert.deepEqual(record?.evaluation, { mean: 20 - 101, each: [20 - 101] });
  });

  test('`runRounds` records who was missing, and no evaluation when too few answered', async () => {
    const lines: RecordLine[] = [];
    const fail = (): never => {
      throw new Error('no disk');
    };
    const broken = { ...evaluation, population: { ...heldOut, load: fail } };
    const run = { evaluation: broken, rounds: 2, onRecord: (line: RecordLine) => void lines.push(line) };
    const [, second] = await recordsOf({ ...run, onFailedRound: () => {} });
    assert.equal(second?.evaluation, undefined);
    expect(second?.evaluationFailure).toMatchObject({
      code: 'too-few-reports',
      message: expect.stringMatching(
        /^Cannot evaluate round 2: need 1 report, got 0 of 2\n {4}2 dropped, load-failed: no disk.*\(client-4, client-5\)/,
      ),
    });
    expect(lines[2]).toMatchObject({
      type: 'round',
      accepted: 2,
      evaluated: { cohort: 2, accepted: 0, dropped: 2, lost: [{ code: 'load-failed', count: 2 }] },
      evaluationFailure: { code: 'too-few-reports' },
    });
    await expect(recordsOf(run)).rejects.toMatchObject({ code: 'too-few-reports' });
  });

  test('`runRounds` says in its first line how it is evaluated, and that this is revealing', async () => {
    const lines: RecordLine[] = [];
    await recordsOf({ onRecord: (line) => void lines.push(line) });
    expect(lines[0]).toMatchObject({
      evaluation: { every: 2, plan: expect.stringMatching(/^[0-9a-f]{64}$/), revealing: true },
    });
  });

  test('`runRounds` refuses a run of another evaluation', async () => {
    const store = memoryStore();
    await recordsOf({ rounds: 2, store });
    const other = recordsOf({ store, evaluation: { ...evaluation, every: 3 } });
    await expect(other).rejects.toThrow(/differs in\s+evaluation\.every: 2 → 3/);
  });

  test.each<[string, ClientsEvaluation, string]>([
    [
      'nothing of its clients',
      { every: 1, computation: federatedComputation({ state: atServer(float32()) }, ({ state }) => state) },
      'must ask something of clients',
    ],
    [
      'what the state has not',
      {
        every: 1,
        computation: federatedComputation(
          { model: atServer(float32()), value: atClients(float32()) },
          ({ model, value }) => ({ model, sum: federatedSum(value) }),
        ),
      },
      "needs 'model' of float32 from the state or the arguments, got a state of state: float32",
    ],
    [
      'data that clients do not hold',
      {
        every: 1,
        computation: federatedComputation({ value: atClients(float32(3)) }, ({ value }) =>
          federatedSum(value),
        ),
      },
      'their clients must hold the same',
    ],
    [
      'an argument that it does not take',
      { ...evaluation, arguments: { rate: 1 } },
      "has no argument 'rate'",
    ],
  ])('`runRounds` refuses an evaluation that asks %s', async (_, wrong, message) => {
    await expect(recordsOf({ evaluation: wrong })).rejects.toThrow(message);
  });
});

test('`runRounds` continues from its own state, whatever an evaluation at the server writes to the one it gets', async () => {
  // 100, then 101, 104 and 109: it grows by twice the mean of clients n − 1 and n.
  const { state } = await runRounds(
    options({
      evaluation: {
        every: 1,
        run(given) {
          (given as unknown as Tensor<'float32'>).data[0] = 7;
          return { seen: 1 };
        },
      },
    }),
  );
  expect(numberOf(state)).toBe(109);
});
