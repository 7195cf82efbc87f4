// Runs whose rounds do not wait on threads: the bits of the run in process, whatever the number of workers, and
// whichever of them are lost.
import type { Worker } from 'node:worker_threads';
import { memoryStore } from '@starling/store';
import { describe, expect, test } from 'vitest';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { runRounds } from '../rounds/run-rounds.js';
import { driftingOptions, holders } from '../testing/drifting.js';
import { threadsRuntime } from './threads-runtime.js';

describe('asynchronous rounds on threads', () => {
  test.each([1, 2, 3])('have the bits of those in process, on %i workers', async (workers) => {
    const inProcess = await runRounds(driftingOptions({ rounds: 25 }));
    for (const mainWorks of [true, false]) {
      const runtime = threadsRuntime({ workers, mainWorks });
      const result = await runRounds(driftingOptions({ rounds: 25, runtime }));
      expect(result.stateHash).toBe(inProcess.stateHash);
    }
  });

  test('have them after a restart in the middle, and where attempts fail', async () => {
    const load = (index: number) => {
      if (index === 7) throw new Error('no data');
      return holders(20).load(index);
    };
    const faulty = {
      population: { ...holders(20), load },
      minReports: 3,
      maxAttempts: 5,
      onFailedRound: () => {},
    };
    const whole = await runRounds(driftingOptions(faulty));
    const store = memoryStore();
    const runtime = () => threadsRuntime({ workers: 2, mainWorks: false });
    await runRounds(driftingOptions({ ...faulty, rounds: 5, store, runtime: runtime() }));
    const resumed = await runRounds(driftingOptions({ ...faulty, store, runtime: runtime() }));
    expect(resumed.stateHash).toBe(whole.stateHash);
  });

  test('have them when workers are lost: their work goes to others', async () => {
    // Only pure JavaScript may be killed at any point: onnxruntime would take the process along.
    const engine = 'tfjs-cpu';
    const whole = await runRounds(driftingOptions({ runtime: inProcessRuntime({ engine }) }));
    const threads: Worker[] = [];
    const runtime = threadsRuntime({
      workers: 2,
      mainWorks: false,
      engine,
      onWorkerStart: (thread) => void threads.push(thread),
    });
    let rounds = 0;
    const result = await runRounds(
      driftingOptions({
        runtime,
        async onRound() {
          // Between two rounds, when the work of the next ones is with the workers.
          rounds++;
          if (rounds === 4 || rounds === 8) await threads[rounds / 4 - 1]!.terminate();
        },
      }),
    );
    expect(threads.length).toBe(4);
    expect(result.stateHash).toBe(whole.stateHash);
  });
});
