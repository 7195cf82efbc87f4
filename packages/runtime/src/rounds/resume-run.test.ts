import { float32, float64, iterativeProcess, type Tensor, toValue } from '@starling/federated-core';
import { populationOf } from '@starling/population';
import { assert, describe, expect, test } from 'vitest';
import type { CheckpointStore } from '../checkpoints/checkpoint-store.js';
import { formatDifference } from '../checkpoints/run-identity.js';
import { createEngine } from '../engines/engines.js';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { growth, memoryStore, options } from '../testing/growth.js';
import type { RunOptions } from './run-options.js';
import { runRounds } from './run-rounds.js';

describe('resumeRun', () => {
  test('`runRounds` ends in the same state when it is taken up again from a checkpoint', async () => {
    const whole = await runRounds(options({ rounds: 4 }));
    const checkpoints = memoryStore();
    await runRounds(options({ rounds: 2, checkpoints }));
    const rounds: number[] = [];
    const resumed = await runRounds(
      options({ rounds: 4, checkpoints, onRound: ({ round }) => void rounds.push(round) }),
    );
    assert.deepEqual(rounds, [3, 4]);
    assert.equal(resumed.stateHash, whole.stateHash);
    assert.deepEqual(
      checkpoints.lines.map((line) => (line.type === 'round' ? line.round : line.type)),
      ['run', 1, 2, 'done', 'run', 3, 4, 'done'],
    );
  });

  const numbers = (...values: number[]) =>
    populationOf(
      values.map((value) => toValue(float32(), value)),
      float32(),
    );
  test.each<[string, Partial<RunOptions>, readonly string[]]>([
    ['seed', { seed: 2 }, ['seed']],
    ['argument', { arguments: { pace: 3 } }, ['arguments']],
    ['setting', { settings: { clients: 100 } }, ['settings.clients']],
    ['data', { population: numbers(7, 1, 2, 3, 4, 5) }, ['population.data']],
    ['number of clients', { population: numbers(0, 1, 2, 3, 4) }, ['population.size', 'population.names']],
    ['engine', { engine: 'tfjs-cpu' }, ['engine.server: onnx → tfjs-cpu']],
    [
      'engine of the clients',
      { runtime: inProcessRuntime({ engine: 'tfjs-cpu' }) },
      ['engine.clients: onnx → tfjs-cpu'],
    ],
    ['sampler', { sampler: { name: 'all', sample: () => [0, 1, 2, 3] } }, ['sampler.cohortSize']],
  ])(
    '`runRounds` refuses a checkpoint of another %s, and takes it up when told to',
    async (_, change, fields) => {
      const checkpoints = memoryStore();
      const settings = { clients: 40 };
      await runRounds(options({ rounds: 2, checkpoints, settings }));
      const changed = options({ rounds: 3, checkpoints, settings, ...change });
      await expect(runRounds(changed)).rejects.toMatchObject({
        code: 'bad-checkpoint',
        message: expect.stringMatching(/^Cannot resume from memory: need a checkpoint of this very run/),
      });
      const told: string[] = [];
      const result = await runRounds({
        ...changed,
        onOtherRun: (differences) => void told.push(...differences.map(formatDifference)),
      });
      for (const field of fields)
        expect(told.join('\n')).toContain(field.includes(': ') ? field : `${field}: `);
      assert.equal(result.rounds, 3);
      // From then on the directory holds the new run.
      await runRounds({ ...changed, rounds: 4 });
    },
  );

  test('`runRounds` takes a run up again with more rounds, and on another runtime', async () => {
    const checkpoints = memoryStore();
    await runRounds(options({ rounds: 2, checkpoints, settings: { clients: 40 } }));
    const runtime = { ...inProcessRuntime(), name: 'threads' as const };
    const settings = { clients: 40 };
    const resumed = await runRounds(options({ rounds: 4, checkpoints, settings, runtime, minReports: 1 }));
    assert.equal(resumed.rounds, 4);
  });

  test('`runRounds` takes a run up again on the same engine, chosen by its word or made', async () => {
    const checkpoints = memoryStore();
    const engine = await createEngine('tfjs-cpu');
    await runRounds(options({ rounds: 1, checkpoints, engine, runtime: inProcessRuntime({ engine }) }));
    await runRounds(
      options({
        rounds: 2,
        checkpoints,
        engine: 'tfjs-cpu',
        runtime: inProcessRuntime({ engine: 'tfjs-cpu' }),
      }),
    );
    // Where clients choose for themselves, the server's engine is all that is known.
    const { engine: _, ...runtime } = inProcessRuntime({ engine });
    const result = await runRounds(options({ rounds: 3, checkpoints, engine, runtime }));
    assert.equal(result.rounds, 3);
    await engine.dispose();
  });

  test('`runRounds` refuses settings that are no plain data, and tells NaN from an infinity', async () => {
    const checkpoints = memoryStore();
    await runRounds(options({ rounds: 1, checkpoints, settings: { rate: Number.NaN } }));
    const infinite = { rate: Number.POSITIVE_INFINITY };
    await expect(runRounds(options({ rounds: 2, checkpoints, settings: infinite }))).rejects.toThrow(
      /settings\.rate: NaN → Infinity$/,
    );
    const settings = { rates: new Map([[1, 2]]) };
    await expect(runRounds(options({ rounds: 2, checkpoints, settings }))).rejects.toMatchObject({
      code: 'bad-run',
    });
  });

  test('`runRounds` throws when it is told to take up a state that its plan cannot continue with', async () => {
    const checkpoints = memoryStore();
    await runRounds(options({ rounds: 2, checkpoints }));
    const last = checkpoints.checkpoints.at(-1)!;
    checkpoints.checkpoints.push({ ...last, leaves: [toValue(float64(), 1) as Tensor] });
    // With `onOtherRun` and without: the run is not taken up, and no differences are reported.
    const told: unknown[] = [];
    for (const more of [{}, { seed: 2, onOtherRun: (found: unknown) => void told.push(found) }]) {
      await expect(runRounds(options({ rounds: 3, checkpoints, ...more }))).rejects.toMatchObject({
        code: 'bad-checkpoint',
        message: expect.stringMatching(
          /^Cannot resume from memory: need a state that fits the plan, got another: .* need a tensor float32, got float64\[\]$/,
        ),
      });
    }
    assert.deepEqual(told, []);
  });

  test('`runRounds` leaves a store as it was when the state in it is not finite', async () => {
    const process = iterativeProcess(growth, { finiteState: true });
    const checkpoints = memoryStore();
    await runRounds(options({ process, rounds: 2, checkpoints }));
    const last = checkpoints.checkpoints.at(-1)!;
    checkpoints.checkpoints.push({ ...last, leaves: [toValue(float32(), Number.NaN) as Tensor] });
    let resumed = false;
    const store: CheckpointStore = {
      ...checkpoints,
      async resume(accept) {
        const found = await checkpoints.resume(accept);
        resumed = true; // a directory clears from here on what is beyond the checkpoint
        return found;
      },
    };
    await expect(runRounds(options({ process, rounds: 3, checkpoints: store }))).rejects.toMatchObject({
      code: 'non-finite-state',
      message: expect.stringMatching(
        /^Cannot continue from round 2: every number of the state must be finite, got NaN/,
      ),
    });
    assert.isFalse(resumed);
  });
});
