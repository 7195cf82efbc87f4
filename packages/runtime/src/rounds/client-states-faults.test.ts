// What clients keep under crashes of a simulation: the machine goes down at any call of its disk, and the run that is
// started again ends in the state, and in the chain of versions, of one that never went down.
import { uniformSampler } from '@starling/population';
import { directoryClientStates, directoryStore } from '@starling/store/directory';
import { type DiskFault, SimulatedCrash, type SimulatedDisk, simulatedDisk } from '@starling/store/testing';
import { assert, describe, expect, test } from 'vitest';
import { createEngine } from '../engines/engines.js';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { keepingPopulation } from '../testing/client-state-contract.js';
import { keepingProcess } from '../testing/keeping-processes.js';
import type { RunOptions } from './run-options.js';
import { runRounds } from './run-rounds.js';

const ROUNDS = 4;
const engine = await createEngine('onnx');

/** A process of its own each time: the one before is gone. */
const owner = () => {
  const id = Math.random().toString(36).slice(2);
  return { id, pid: 1, host: 'here', began: id, isGone: () => true };
};

async function run(disk: SimulatedDisk, options: Partial<RunOptions> = {}) {
  const population = keepingPopulation([1, 2, 3, 4, 5]);
  const store = directoryStore('/run', { disk, owner: owner() });
  const result = await runRounds({
    process: keepingProcess('second'),
    population,
    runtime: inProcessRuntime({ engine }),
    engine,
    sampler: uniformSampler({ cohortSize: 3 }),
    rounds: ROUNDS,
    seed: 3,
    run: 'one',
    onDamage: () => {},
    store,
    clientStates: directoryClientStates('/run/client-states', { disk, owner: owner() }),
    ...options,
  } as RunOptions);
  const { commits } = await store.read('one');
  const chain = commits.map(({ clientVersions }) => clientVersions);
  return { stateHash: result.stateHash, chain };
}

/** Starts it again and again, until it comes to its end. */
async function throughCrashes(disk: SimulatedDisk, options: Partial<RunOptions>) {
  for (let starts = 1; ; starts++) {
    try {
      return { ...(await run(disk, options)), starts };
    } catch (error) {
      if (!(error instanceof SimulatedCrash)) throw error;
      disk.crash();
    }
  }
}

describe('runRounds whose clients keep a state', () => {
  test.each([1, 2, 3])(
    '`runRounds` ends in the same bits wherever the machine goes down, with a checkpoint every %i rounds',
    async (checkpointEvery) => {
      const quiet = simulatedDisk();
      const whole = await run(quiet, { checkpointEvery });
      assert.equal(whole.chain.length, ROUNDS);
      // Every seventh call, and what of the bytes that were not synced survives: nothing, some of them, or all.
      for (let at = 1 + checkpointEvery; at <= quiet.calls; at += 7) {
        let isDown = false;
        const fault = (_: unknown, __: unknown, number: number): DiskFault => {
          if (number !== at || isDown) return null;
          isDown = true;
          return 'crash';
        };
        const disk = simulatedDisk({ fault, draw: (bound) => (at * 31) % bound });
        const { starts, ...ended } = await throughCrashes(disk, { checkpointEvery });
        assert.equal(starts, 2);
        expect(ended, `a crash at call ${at}`).toEqual(whole);
      }
    },
    120_000,
  );

  test('`runRounds` finds what clients kept at the round before when the newest checkpoint is damaged', async () => {
    const disk = simulatedDisk();
    const whole = await run(simulatedDisk());
    await run(disk, { rounds: 3 });
    const path = disk.paths().find((each) => each.endsWith('round-00000003.safetensors'))!;
    disk.flipBit(path, disk.peek(path)!.length * 8 - 1);
    // Round 3 is run again from the states of round 2, which the clients still have, and round 4 after it.
    expect(await run(disk)).toEqual(whole);
  });

  test('`runRounds` lets clients that have lost their state begin anew, and its record names them', async () => {
    const disk = simulatedDisk();
    const lines: unknown[] = [];
    await run(disk, { rounds: 2 });
    const gone = disk.paths().filter((each) => each.endsWith('.segment'));
    for (const path of gone) await disk.remove(path);
    const { chain } = await run(disk, { onRecord: (line) => void lines.push(line) });
    const restarted = chain.flatMap((each) => each?.restarted ?? []);
    assert.isTrue(restarted.length > 0);
    const recorded = lines.flatMap((line) => {
      const { clientVersions } = line as { clientVersions?: { restarted?: readonly string[] } };
      return clientVersions?.restarted ?? [];
    });
    expect(recorded).toEqual(restarted);
    // It begins with its first state, and so as often as it counts from then on.
    const whole = await run(simulatedDisk());
    expect(chain.slice(0, 2)).toEqual(whole.chain.slice(0, 2));
    expect(chain.at(-1)).not.toEqual(whole.chain.at(-1));
  });

  test('`runRounds` goes on without clients that have lost their state when they are to sit out', async () => {
    const disk = simulatedDisk();
    const process = keepingProcess('first', { whenLost: 'sit-out' });
    await run(disk, { process, rounds: 2 });
    const kept = disk.paths().filter((each) => each.endsWith('.segment'));
    for (const path of kept) await disk.remove(path);
    const codes: string[] = [];
    await run(disk, {
      process,
      onRound: ({ reports }) => {
        for (const report of reports) if (report.status === 'dropped') codes.push(report.code);
      },
    });
    assert.isTrue(codes.length > 0);
    assert.deepEqual(new Set(codes), new Set(['state-lost']));
  });

  test('`runRounds` reads no state of another run, and refuses one that is open', async () => {
    const disk = simulatedDisk();
    const clientStates = directoryClientStates('/states', { disk, owner: owner() });
    const open = await clientStates.open('one');
    await expect(run(simulatedDisk(), { clientStates })).rejects.toMatchObject({ code: 'store-locked' });
    await open.close();
    await run(simulatedDisk(), { clientStates });
  });
});
