// The best state of whole runs: resumed anywhere, over rounds that are lost, and in files.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  atClients,
  atServer,
  federatedComputation,
  federatedMean,
  federatedValue,
  float32,
  iterativeProcess,
} from '@starling/federated-core';
import { memoryStore } from '@starling/store';
import { directoryStore } from '@starling/store/directory';
import { afterEach, assert, beforeEach, describe, expect, test } from 'vitest';
import { growth, keptRounds, numberOf, options } from '../testing/growth.js';
import type { BestRule } from './best-rule.js';
import { loadState } from './load-state.js';
import type { RunOptions, RunResult } from './run-options.js';
import { runRounds } from './run-rounds.js';

/** The evaluation gives these losses in turn. */
const losses = [5, 3, 4, 2, 2, 3, 6, 1];
const evaluation: RunOptions['evaluation'] = {
  every: 1,
  run: (_state, round) => ({ loss: losses[round - 1] ?? 9 }),
};
const best: BestRule = { metric: 'evaluation.loss', goal: 'lowest' };
/** A cohort of one client, always the same, so that any number of rounds may be run. */
const sampler = { name: 'two', sample: () => [1] };
const run = (more: Partial<RunOptions>): Promise<RunResult> =>
  runRounds(options({ rounds: 8, sampler, evaluation, best, ...more }));
/** The state grows by 2 a round, from 100. */
const stateAfter = (round: number): number => 100 + 2 * round;
const shownOf = ({ rounds, stopped, best: found, stateHash }: RunResult) => ({
  rounds,
  stopped,
  stateHash,
  best: found === null ? null : [found.round, found.value, numberOf(found.state)],
});

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'starling-best-'));
});
afterEach(() => rm(directory, { recursive: true }));
const files = async (): Promise<readonly string[]> =>
  (await readdir(directory)).filter((name) => name.endsWith('.safetensors')).sort();

describe('best', () => {
  test('`runRounds` gives the state of the round with the best value', async () => {
    const result = await run({ rounds: 7 });
    expect(shownOf(result)).toMatchObject({ rounds: 7, stopped: null, best: [4, 2, stateAfter(4)] });
  });

  test('`runRounds` stops once the target is reached, or nothing got better for long enough', async () => {
    expect(shownOf(await run({ best: { ...best, target: 3 } }))).toMatchObject({
      rounds: 2,
      stopped: 'target',
      best: [2, 3, stateAfter(2)],
    });
    expect(shownOf(await run({ best: { ...best, patience: 3 } }))).toMatchObject({
      rounds: 7,
      stopped: 'patience',
      best: [4, 2, stateAfter(4)],
    });
  });

  test('`runRounds` ends as an unbroken run when it is taken up again, wherever it was broken off', async () => {
    const rule = { ...best, patience: 3 };
    const whole = shownOf(await run({ best: rule }));
    for (let rounds = 1; rounds <= 7; rounds++) {
      const store = memoryStore();
      await run({ best: rule, rounds, store });
      expect(shownOf(await run({ best: rule, store }))).toEqual(whole);
      // It is over: taken up once more, it stays as it is.
      expect(shownOf(await run({ best: rule, store, rounds: 50 }))).toEqual(whole);
    }
  });

  test('`runRounds` ends as an unbroken run when rounds after the last state that is kept are lost', async () => {
    const common = { best: { ...best, patience: 3 }, checkpointEvery: 3 };
    const whole = shownOf(await run(common));
    for (const killedIn of [2, 4, 5, 6, 7]) {
      const store = memoryStore();
      const killed = run({
        ...common,
        store,
        onRound: ({ round }) => {
          if (round === killedIn) throw new Error('killed');
        },
      });
      await expect(killed).rejects.toThrow('killed');
      expect(shownOf(await run({ ...common, store }))).toEqual(whole);
    }
  });

  test('`runRounds` keeps the file of the best state beside those of the last rounds, until there is a better one', async () => {
    await run({ rounds: 3, store: directoryStore(directory) });
    assert.deepEqual(await files(), ['round-00000002.safetensors', 'round-00000003.safetensors']);
    const result = await run({ rounds: 7, store: directoryStore(directory) });
    assert.deepEqual(await files(), [
      'round-00000004.safetensors',
      'round-00000006.safetensors',
      'round-00000007.safetensors',
    ]);
    // Round 4 was run by this start; a further one loads it from the file.
    const again = await run({ rounds: 7, store: directoryStore(directory) });
    expect(shownOf(again)).toEqual(shownOf(result));
    expect(shownOf(again).best).toEqual([4, 2, stateAfter(4)]);
    const { round, state } = await loadState(growth, join(directory, 'round-00000004.safetensors'));
    assert.deepEqual([round, ...state.data], [4, stateAfter(4)]);
  });

  test.each(['damaged', 'gone'])(
    '`runRounds` ends without a best state whose file is %s, and says so',
    async (how) => {
      const whole = await run({ rounds: 7 });
      await run({ rounds: 6, store: directoryStore(directory) });
      const file = join(directory, 'round-00000004.safetensors');
      if (how === 'gone') await rm(file);
      else await writeFile(file, 'something else');
      const damage: string[] = [];
      const onDamage: RunOptions['onDamage'] = (found) =>
        void damage.push(...found.map(({ where }) => where));
      const store = directoryStore(directory);
      // Round 4 has the lowest loss of all seven.
      const { stateHash } = whole;
      expect(shownOf(await run({ rounds: 7, store, onDamage }))).toMatchObject({
        rounds: 7,
        stateHash,
        best: null,
      });
      // When the run is taken up, and when it ends.
      expect(damage).toEqual(['the state of round 4', 'the state of round 4, the best one']);
      expect((await store.list())[0]!.end!.outcome).toBe('finished');
    },
  );

  test('`loadState` refuses what holds no state of the process', async () => {
    await run({ rounds: 1, store: directoryStore(directory) });
    const path = join(directory, 'round-00000001.safetensors');
    const wide = iterativeProcess({
      initialize: federatedComputation(null, () => federatedValue([1, 2], 'SERVER', float32(2))),
      next: federatedComputation(
        { state: atServer(float32(2)), x: atClients(float32()) },
        ({ state, x }) => ({
          state,
          metrics: federatedMean(x),
        }),
      ),
    });
    await expect(loadState(wide, path)).rejects.toThrow(/need a state of float32\[2\], got another/);
    await expect(loadState(growth, join(directory, 'none'))).rejects.toMatchObject({
      code: 'bad-checkpoint',
    });
  });

  test('`runRounds` keeps the best state also between two rounds whose states it keeps', async () => {
    const store = memoryStore();
    await run({ store, checkpointEvery: 5 });
    // Losses 5, 3, 4, 2, 2, 3, 6, 1: each that is better than all before, every fifth, and the last.
    assert.deepEqual(await keptRounds(store), [1, 2, 4, 5, 8]);
  });

  test('`runRounds` counts a last round out of turn for the best state, and not for a run of more rounds', async () => {
    const every3 = { ...evaluation!, every: 3 } as NonNullable<RunOptions['evaluation']>;
    const common = { evaluation: every3, best };
    // In turn: 4 (round 3), 3 (round 6); the last round of 8 gives 1.
    expect(shownOf(await run(common))).toMatchObject({ best: [8, 1, stateAfter(8)] });
    const store = memoryStore();
    await run({ ...common, store });
    const longer = shownOf(await run({ ...common, store, rounds: 9 }));
    expect(longer).toEqual(shownOf(await run({ ...common, rounds: 9 })));
    expect(longer.best).toEqual([6, 3, stateAfter(6)]);
  });

  test('`runRounds` goes by the metrics of the rounds when the rule names one', async () => {
    const rule: BestRule = { metric: 'mean', goal: 'highest', patience: 2 };
    // The mean of the one client is 1 in every round.
    expect(shownOf(await run({ best: rule }))).toMatchObject({
      rounds: 3,
      stopped: 'patience',
      best: [1, 1, 102],
    });
  });

  test('`runRounds` names the metrics there are when the rule goes by another', async () => {
    await expect(run({ best: { ...best, metric: 'evaluation.accuracy' } })).rejects.toMatchObject({
      code: 'bad-run',
      message: expect.stringMatching(
        /need the metric 'evaluation.accuracy', got mean, clients, evaluation.loss/,
      ),
    });
    await expect(run({ best: { ...best, goal: 'max' as 'highest' } })).rejects.toThrow(
      "goal must be 'highest' or 'lowest'",
    );
  });

  test('`runRounds` refuses a run whose best state was chosen in another way', async () => {
    const store = memoryStore();
    await run({ rounds: 2, store });
    const other = run({ store, best: { ...best, goal: 'highest' } });
    await expect(other).rejects.toThrow(/differs in\s+best\.goal: lowest → highest/);
  });
});
