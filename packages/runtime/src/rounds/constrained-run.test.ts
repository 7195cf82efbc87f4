// Whole runs with constraints: checked in their turn, stopped by them, resumed anywhere, and in the record.
import { memoryStore } from '@starling/store';
import { describe, expect, test } from 'vitest';
import type { RecordLine, RoundLine } from '../record/record-line.js';
import { recordLine } from '../record/record-line.js';
import { options } from '../testing/growth.js';
import type { Constraint, Constraints } from './constraints.js';
import type { RunOptions, RunResult } from './run-options.js';
import { runRounds } from './run-rounds.js';

/** The evaluation gives these in turn, and 9 from then on. */
const losses = [5, 3, 4, 2, 6, 3, 1, 1];
const evaluation: RunOptions['evaluation'] = {
  every: 1,
  run: (_state, round) => ({ loss: losses[round - 1] ?? 9 }),
};
const sampler = { name: 'two', sample: () => [1] };

/** Whether `loss` is at most this. */
function lossBelow(limit: number): Constraint {
  const text = `loss <= ${limit}`;
  return {
    text,
    check: (figures) => {
      const { loss: value = null } = figures as { readonly loss?: number };
      const passes = value !== null && value <= limit;
      const outcome = passes ? 'held' : 'violated';
      return {
        constraint: text,
        outcome,
        passes,
        value,
        low: null,
        high: null,
        limit,
        reason: `loss is ${value}`,
      };
    },
  };
}

const require = [lossBelow(4)];
const run = (constraints: Constraints, more: Partial<RunOptions> = {}): Promise<RunResult> =>
  runRounds(options({ rounds: 8, sampler, evaluation, constraints, ...more }));
/** Rounds that were checked, and whether all passed. */
async function checksOf(
  constraints: Constraints,
  more: Partial<RunOptions> = {},
): Promise<readonly unknown[]> {
  const checks: unknown[] = [];
  await run(constraints, {
    ...more,
    onRound: ({ round, constraints: found }) => {
      if (found !== undefined) checks.push([round, found.every(({ passes }) => passes)]);
    },
  });
  return checks;
}

describe('constraints of a run', () => {
  test('are checked in each round that is evaluated, or every so many', async () => {
    // Of 5, 3, 4, 2, 6, 3, 1, 1 all but the first and the fifth are 4 or less.
    const all = losses.map((loss, index) => [index + 1, loss <= 4]);
    expect(await checksOf({ require })).toEqual(all);
    expect(await checksOf({ require, every: 3 })).toEqual([all[2], all[5], all[7]]);
    expect(await checksOf({ require }, { evaluation: { ...evaluation, every: 5 } as never })).toEqual([
      all[4],
      all[7],
    ]);
    // Without an evaluation, by what the rounds themselves report: the mean of the clients, which is no loss.
    const bare = await runRounds(options({ rounds: 2, sampler, constraints: { require } }));
    expect(bare.constraints).toMatchObject({ round: 2, passes: false });
  });

  test('decide what a run ends with by the last check', async () => {
    expect((await run({ require })).constraints).toEqual({
      round: 8,
      passes: true,
      otherwise: 'fail',
      results: [require[0]!.check({ loss: 1 })],
    });
    expect((await run({ require, otherwise: 'warn' }, { rounds: 5 })).constraints).toMatchObject({
      round: 5,
      passes: false,
      otherwise: 'warn',
    });
    expect((await runRounds(options({ rounds: 1, sampler }))).constraints).toBeNull();
  });

  test('stop a run where that is asked for, also one that is taken up again', async () => {
    const constraints = { require: [lossBelow(5)], otherwise: 'stop' } as const;
    const shown = ({ rounds, stopped, stateHash, constraints: found }: RunResult) => ({
      ...{ rounds, stopped, stateHash, found },
    });
    const whole = shown(await run(constraints));
    expect(whole).toMatchObject({ rounds: 5, stopped: 'constraint', found: { round: 5, passes: false } });
    for (let rounds = 1; rounds <= 5; rounds++) {
      const store = memoryStore();
      await run(constraints, { rounds, store });
      expect(shown(await run(constraints, { store }))).toEqual(whole);
      // It is over, and stays so.
      expect(shown(await run(constraints, { store, rounds: 50 }))).toEqual(whole);
    }
    for (const killedIn of [2, 4, 5]) {
      const store = memoryStore();
      const onRound = ({ round }: { readonly round: number }): void => {
        if (round === killedIn) throw new Error('killed');
      };
      await expect(run(constraints, { store, checkpointEvery: 3, onRound })).rejects.toThrow('killed');
      expect(shown(await run(constraints, { store, checkpointEvery: 3 }))).toEqual(whole);
    }
  });

  test('do not stop a run by a round that a longer one would not have checked', async () => {
    // Round 5, which does not pass, is checked as the last of five, and out of turn of eight.
    const constraints = { require, every: 2, otherwise: 'stop' } as const;
    const store = memoryStore();
    expect((await run(constraints, { rounds: 5, store })).constraints).toMatchObject({
      round: 5,
      passes: false,
    });
    expect(await run(constraints, { store })).toMatchObject({ rounds: 8, stopped: null });
  });

  test('of another kind begin anew when a run is taken up with them', async () => {
    const store = memoryStore();
    await run({ require: [lossBelow(1)], otherwise: 'stop' }, { store });
    const result = await run({ require: [lossBelow(5)], otherwise: 'stop' }, { store });
    expect(result).toMatchObject({ rounds: 5, stopped: 'constraint' });
    // Over, and never checked by these.
    const ended = await run({ require: [lossBelow(9)] }, { store, rounds: 5 });
    expect(ended.constraints).toEqual({ round: 0, passes: false, results: [], otherwise: 'fail' });
  });

  test('stand in the record', async () => {
    const lines: RecordLine[] = [];
    await run({ require, every: 2 }, { rounds: 5, onRecord: (line) => void lines.push(line) });
    for (const line of lines) expect(recordLine.parse(JSON.parse(JSON.stringify(line)))).toEqual(line);
    expect(lines[0]).toMatchObject({
      constraints: { require: ['loss <= 4'], every: 2, otherwise: 'fail' },
    });
    const rounds = lines.filter((line): line is RoundLine => line.type === 'round');
    expect(rounds.map(({ constraints: found }) => found?.map(({ outcome }) => outcome))).toEqual([
      undefined,
      ['held'],
      undefined,
      ['held'],
      ['violated'],
    ]);
    expect(lines.at(-1)).toMatchObject({
      type: 'done',
      constraints: { round: 5, passes: false, unmet: ['loss <= 4'] },
    });
  });

  test('are refused unless they are some', async () => {
    const refused = (constraints: unknown) => expect(run(constraints as never)).rejects;
    await refused([lossBelow(1)]).toThrow('Write constraints: { require: [ … ] }');
    await refused({ require: ['loss <= 1'] }).toThrow(
      'each of require must be a constraint, such as atLeast',
    );
    await refused({ require, every: 0 }).toThrow('every must be');
    await refused({ require, otherwise: 'exit' }).toThrow("otherwise must be 'fail' or 'stop' or 'warn'");
  });
});
