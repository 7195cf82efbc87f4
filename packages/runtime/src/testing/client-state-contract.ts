// What the runtime contract asks where clients keep a state: round for round the same as the reference meaning,
// `evaluateRound`, which has the states of all clients in one map; a client that does not count keeps what it had.
import { createOnnxEngine, localRunner } from '@starling/compute';
import {
  evaluateRound,
  float32,
  type HostValue,
  type IterativeProcess,
  seedFrom,
  tensor,
  toHost,
} from '@starling/federated-core';
import { unflatten } from '@starling/federated-core/plan';
import { type Population, populationOf, uniformSampler } from '@starling/population';
import { attemptSeed } from '@starling/rounds';
import { assert, expect, test } from 'vitest';
import type { FailedRound, RoundRecord, RunOptions } from '../rounds/run-options.js';
import { runRounds } from '../rounds/run-rounds.js';
import type { MakeRuntime } from './agreement.js';
import { keepingProcess, leaningsOf } from './keeping-processes.js';

const SEED = 11;
/** One of them is rejected each time: what it holds is no number. */
const VALUES = [1, 2.5, Number.NaN, -3, 0.25, 7, -1.5];

export function keepingPopulation(values: readonly number[] = VALUES): Population {
  return populationOf(
    values.map((value) => tensor('float32', [], Float32Array.of(value))),
    float32(),
  );
}

/** The rounds of a run once more, by the reference: its metrics and states, and what each client keeps at last. */
export async function referenceRounds(
  process: IterativeProcess,
  population: Population,
  records: readonly RoundRecord[],
  values: readonly number[] = VALUES,
): Promise<{ readonly rounds: readonly HostValue[]; readonly kept: ReadonlyMap<string, HostValue> }> {
  const engine = await createOnnxEngine();
  const indexOf = new Map(values.map((_, index) => [population.clientId(index), index]));
  let kept: ReadonlyMap<string, HostValue> = new Map();
  let state: HostValue = 0.5;
  const rounds: HostValue[] = [];
  try {
    for (const { round, attempt, reports } of records) {
      const clientIds = reports.map(({ client }) => client);
      const given = { state, value: clientIds.map((id) => values[indexOf.get(id)!]!) };
      const evaluated = await evaluateRound(process, given, kept, {
        run: localRunner(engine),
        seed: attemptSeed(seedFrom(SEED), round, attempt),
        runSeed: seedFrom(SEED),
        clientIds,
        laneSize: 2,
      });
      ({ state, clientStates: kept } = evaluated);
      rounds.push({ state, metrics: evaluated.metrics });
    }
  } finally {
    await engine.dispose();
  }
  return { rounds, kept };
}

/** As `referenceRounds` has them. */
export function roundsOf(records: readonly RoundRecord[]): readonly HostValue[] {
  return records.map(({ state, metrics }) => {
    return { state: toHost(float32(), unflatten(float32(), state)), metrics };
  });
}

export function clientStateContract(name: string, makeRuntime: MakeRuntime): void {
  const run = async (
    process: IterativeProcess,
    options: Partial<RunOptions> = {},
    population = keepingPopulation(),
  ) => {
    const records: RoundRecord[] = [];
    const result = await runRounds({
      process,
      population,
      runtime: await makeRuntime(population),
      sampler: uniformSampler({ cohortSize: 4 }),
      rounds: 5,
      seed: SEED,
      laneSize: 2,
      onRound: (record) => void records.push(record),
      ...options,
    } as RunOptions);
    return { result, records, population };
  };

  test.each(['first', 'second', 'third'] as const)(
    `\`${name}\` gives what \`evaluateRound\` gives when clients keep a state made in the %s phase`,
    async (made) => {
      const process = keepingProcess(made);
      const { records, population } = await run(process);
      const reference = await referenceRounds(process, population, records);
      expect(roundsOf(records)).toEqual(reference.rounds);
      // In five rounds of four of seven clients some come again, and the one that is rejected keeps nothing.
      assert.isTrue(reference.kept.size > 4);
      assert.isFalse(reference.kept.has(population.clientId(2)));
      assert.isTrue(records.flatMap(({ reports }) => reports).some(({ status }) => status === 'rejected'));
    },
  );

  test(`\`${name}\` lets an evaluation read what clients keep after the round that it evaluates`, async () => {
    const process = keepingProcess();
    const { records, population } = await run(process, {
      evaluation: { every: 1, computation: leaningsOf },
    });
    for (let round = 1; round <= records.length; round++) {
      const { kept } = await referenceRounds(process, population, records.slice(0, round));
      // How often each has counted so far, this round included; who has not counted yet has its first state, of none.
      const counted = [...kept.values()].map((each) => (each as { rounds: number }).rounds);
      const { rounds } = records[round - 1]!.evaluation as { rounds: number };
      const sum = counted.reduce((before, each) => before + each, 0);
      assert.equal(rounds, sum);
      assert.equal(sum, records.slice(0, round).flatMap(acceptedIn).length);
    }
  });

  test(`\`${name}\` leaves what clients keep as it was when an attempt at a round comes to nothing`, async () => {
    // One attempt in three gives a state of the server that is no number, once all clients have done their work.
    const process = keepingProcess('second', { isShaky: true });
    const failed: FailedRound[] = [];
    const options = {
      rounds: 6,
      maxAttempts: 10,
      onFailedRound: (each: FailedRound) => void failed.push(each),
    };
    const { records, population } = await run(process, options);
    assert.isTrue(failed.length > 0);
    for (const { error } of failed) assert.equal(error.code, 'non-finite-state');
    const reference = await referenceRounds(process, population, records);
    expect(roundsOf(records)).toEqual(reference.rounds);
  });
}

function acceptedIn({ reports }: RoundRecord): readonly string[] {
  return reports.filter(({ status }) => status === 'accepted').map(({ client }) => client);
}
