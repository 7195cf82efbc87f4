import { float32, toValue } from '@starling/federated-core';
import { populationOf } from '@starling/population';
import { memoryStore } from '@starling/store';
import { assert, describe, expect, test } from 'vitest';
import type { FaultsInput } from '../faults/fault-schema.js';
import type { RunOptions } from '../rounds/run-options.js';
import { runRounds } from '../rounds/run-rounds.js';
import { drawnBy } from '../testing/drawn-by.js';
import { options } from '../testing/growth.js';
import { type ReplayRunOptions, replayRun } from './replay-run.js';

/** Round 2 counts at its second attempt, and round 3 loses client 5, which holds NaN. */
const sampler = drawnBy((round, attempt) => {
  if (round === 2) return attempt === 1 ? [5] : [1, 4];
  return round === 3 ? [5, 2, 3] : [0, 1];
});

async function kept(more: Pick<RunOptions, 'faults'> = {}) {
  const store = memoryStore();
  const { rounds: _, runtime: __, onRound: ___, ...run } = options({ sampler });
  const { stateHash } = await runRounds(options({ sampler, store, run: 'one', ...more }));
  const replay = (more: Partial<ReplayRunOptions> = {}) => replayRun({ ...run, store, run: 'one', ...more });
  return { stateHash, replay };
}

describe('replayRun', () => {
  test('`replayRun` ends in the states that were committed, with the clients that counted', async () => {
    const { stateHash, replay } = await kept();
    const rounds = await replay();
    assert.deepEqual(
      rounds.map(({ round, attempt, counted }) => [round, attempt, counted]),
      [
        [1, 1, 2],
        [2, 2, 2],
        [3, 1, 2],
      ],
    );
    for (const { committed, replayed } of rounds) assert.equal(replayed, committed);
    assert.equal(rounds.at(-1)!.replayed, stateHash);
  });

  test('`replayRun` ends at the first state that is another', async () => {
    const { replay } = await kept();
    // Client 4 holds another number than in the run.
    const values = [0, 1, 2, 3, 40, Number.NaN].map((value) => toValue(float32(), value));
    const told: string[] = [];
    const rounds = await replay({
      population: populationOf(values, float32()),
      onOtherRun: (differences) => void told.push(...differences.map(({ field }) => field)),
    });
    expect(told).toEqual([]); // a fingerprint is of three clients: the first, the middle one and the last
    assert.deepEqual(
      rounds.map(({ round, committed, replayed }) => [round, committed === replayed]),
      [
        [1, true],
        [2, false],
      ],
    );
  });

  test('`replayRun` has the faults of a run with faults, and its server does not die', async () => {
    const faults: FaultsInput = {
      dropouts: [{ clients: [1], rounds: { from: 1, to: 1 } }],
      byzantine: [
        { clients: [2], how: 'sign-flip', scale: 3 },
        { clients: [3, 4], how: 'noise', stddev: 1 },
      ],
      duplicates: [{}],
      serverCrashes: [1, 3],
    };
    const { stateHash, replay } = await kept({ faults });
    const rounds = await replay({ faults });
    // Round 1 has one of its two clients; NaN is refused in round 3, as without faults.
    expect(rounds.map(({ counted }) => counted)).toEqual([1, 2, 2]);
    for (const { committed, replayed } of rounds) assert.equal(replayed, committed);
    assert.equal(rounds.at(-1)!.replayed, stateHash);
    assert.notEqual(stateHash, (await kept()).stateHash);
    await expect(replay()).rejects.toThrow(
      /^Cannot replay the run in memory: need this very run, got one that differs in\n {4}faults: /,
    );
  });

  test('`replayRun` refuses another run, and one whose sampler draws others', async () => {
    const { replay } = await kept();
    await expect(replay({ seed: 2 })).rejects.toThrow(
      /need this very run, got one that differs in\n {4}seed: 1 → 2/,
    );
    const others = drawnBy((round) => (round === 1 ? [0, 1] : [3, 4]));
    await expect(replay({ sampler: others })).rejects.toMatchObject({
      code: 'not-replayable',
      message:
        'Cannot replay the run in memory: need the cohort of round 2 that was asked, got another from the sampler',
    });
    await expect(replay({ run: 'two' })).rejects.toMatchObject({ code: 'store-misused' });
  });
});
