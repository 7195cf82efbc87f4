import { memoryStore } from '@starling/store';
import { expect, test } from 'vitest';
import { withFaults } from '../faults/with-faults.js';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { drawnBy } from '../testing/drawn-by.js';
import { keptRounds, linesOf, numberOf, options } from '../testing/growth.js';
import { threadsRuntime } from '../threads/threads-runtime.js';
import { runRounds } from './run-rounds.js';

const serverCrashes = [1, 3];

test('`runRounds` starts a run again whose server dies, and ends in the same state', async () => {
  const whole = await runRounds(options());
  // 100, and twice the means of 0 and 1, 1 and 2, 2 and 3: 1, 3 and 5.
  expect(numberOf(whole.state)).toBe(109);
  for (const checkpointEvery of [1, 2, 3]) {
    const store = memoryStore();
    const run = await runRounds(options({ faults: { serverCrashes }, store, checkpointEvery }));
    expect(run.stateHash, String(checkpointEvery)).toBe(whole.stateHash);
    expect(run.rounds).toBe(3);
    expect((await keptRounds(store)).at(-1)).toBe(3);
    const lines = await linesOf(store);
    const rounds = lines.filter((line) => line.type === 'round');
    expect(rounds.map(({ round, faults }) => [round, faults!.serverCrashes])).toEqual([
      [1, 1],
      [2, 0],
      [3, 1],
    ]);
    expect(lines.at(-1)).toMatchObject({ type: 'done', stateHash: whole.stateHash });
  }
});

test('`runRounds` tells of a crash with the attempt in which the server died, and of none with the next one', async () => {
  const store = memoryStore();
  // Client 5 has NaN, so that the first attempt at round 2 counts nobody.
  const sampler = drawnBy((round, attempt) => (round === 2 && attempt === 1 ? [5] : [1, 2]));
  await runRounds(options({ faults: { serverCrashes: [2] }, sampler, store, rounds: 2 }));
  const tried = (await linesOf(store)).flatMap((line) =>
    line.type === 'round' || line.type === 'failed-round'
      ? [[line.round, line.attempt ?? 1, line.faults!.serverCrashes]]
      : [],
  );
  expect(tried).toEqual([
    [1, 1, 0],
    [2, 1, 1],
    [2, 2, 0],
  ]);
});

test('`runRounds` goes through crashes of the server without a store, and on any number of threads', async () => {
  const { stateHash } = await runRounds(options());
  for (const runtime of [inProcessRuntime(), ...[1, 2, 3].map((workers) => threadsRuntime({ workers }))]) {
    const run = await runRounds(options({ faults: { serverCrashes }, runtime }));
    expect(run.stateHash, runtime.name).toBe(stateHash);
  }
});

test('`runRounds` ends by the crash of a runtime that has the faults, and continues when it is started again', async () => {
  const store = memoryStore();
  const runtime = withFaults(inProcessRuntime(), { serverCrashes: [2] }, { seed: 1 });
  await expect(runRounds(options({ runtime, store }))).rejects.toMatchObject({
    code: 'server-crashed',
    message: expect.stringContaining('Cannot finish round 2: the server died in the middle of it'),
  });
  // As a kill leaves it: one round is kept, the attempt at the second is open, and nobody says how it ended.
  expect(await keptRounds(store)).toEqual([1]);
  expect((await linesOf(store)).map(({ type }) => type)).toEqual(['run', 'round']);
  const again = await runRounds(options({ runtime, store }));
  expect(again.stateHash).toBe((await runRounds(options())).stateHash);
});

test('`runRounds` refuses to take up a run with other faults', async () => {
  const store = memoryStore();
  const faults = { byzantine: [{ clients: [1], how: 'zero' }] } as const;
  await runRounds(options({ store, rounds: 1, faults }));
  await expect(runRounds(options({ store }))).rejects.toThrow('faults: ');
  expect((await runRounds(options({ store, faults }))).rounds).toBe(3);
});
