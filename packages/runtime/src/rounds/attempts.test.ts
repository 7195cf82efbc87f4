// Attempts at a round: what is tried again, with whom, and what is said of it.
import { compilePlan, deriveSeed, seedFrom } from '@starling/federated-core';
import { roundSeed } from '@starling/federated-core/plan';
import { linkPlan } from '@starling/plan/link';
import { memoryStore, type RunStore } from '@starling/store';
import { directoryStore } from '@starling/store/directory';
import { simulatedDisk } from '@starling/store/testing';
import { assert, expect, test } from 'vitest';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import type { RuntimeSession } from '../runtime/runtime.js';
import { drawnBy } from '../testing/drawn-by.js';
import { growth, numberOf, options, population } from '../testing/growth.js';
import { watchedRuntime } from '../testing/watched-runtime.js';
import type { RoundRecord, RunOptions } from './run-options.js';
import { runRounds } from './run-rounds.js';

test('`runRounds` tries a failed round again, from the state before it, with the cohort of its attempt', async () => {
  const failures: unknown[] = [];
  const sampler = drawnBy((round, attempt) => (round === 2 ? [[5], [5], [3, 2]][attempt - 1]! : [3, 1]));
  const result = await runRounds(
    options({
      sampler,
      onRound() {},
      onFailedRound: ({ round, attempt, error, retryMs }) =>
        void failures.push([round, attempt, error.code, retryMs]),
    }),
  );
  assert.deepEqual(failures, [
    [2, 1, 'empty-aggregate', 0],
    [2, 2, 'empty-aggregate', 0],
  ]);
  // Rounds 1 and 3 add 2 · (3 + 1) / 2 each; round 2, in its third attempt, 2 · (3 + 2) / 2.
  assert.equal(numberOf(result.state), 113);
  assert.deepEqual([result.rounds, result.failedRounds], [3, 2]);
});

test('`runRounds` ends by the error of the last attempt, and waits twice as long before each', async () => {
  const waits: (number | null)[] = [];
  const began = performance.now();
  const running = runRounds(
    options({
      sampler: { name: 'nobody', sample: () => [5] },
      maxAttempts: 4,
      backOffMs: 20,
      onFailedRound: ({ retryMs }) => void waits.push(retryMs),
    }),
  );
  await expect(running).rejects.toMatchObject({
    code: 'empty-aggregate',
    message: expect.stringMatching(/^Cannot finish round 1: .* \(the last of 4 attempts\)\n/),
  });
  expect(waits).toEqual([20, 40, 80, null]);
  expect(performance.now() - began).toBeGreaterThanOrEqual(140);
  const once = runRounds(options({ sampler: { name: 'nobody', sample: () => [5] }, maxAttempts: 1 }));
  await expect(once).rejects.toThrow(
    /^Cannot finish round 1: need an update to aggregate, got none: its one/,
  );
});

test('`runRounds` asks each attempt under the name of its run, with randomness of its own', async () => {
  const asked: unknown[] = [];
  const runtime = watchedRuntime(({ run, round, attempt, seed }) => {
    asked.push([run, round, attempt, seed]);
  });
  const sampler = drawnBy((_, attempt) => (attempt === 1 ? [5] : [3]));
  await runRounds(options({ runtime, sampler, rounds: 1, run: 'named', onRound() {}, onFailedRound() {} }));
  const first = roundSeed(seedFrom(1), 1);
  assert.deepEqual(asked, [
    ['named', 1, 1, first],
    ['named', 1, 2, deriveSeed(first, 'attempt', 2)],
  ]);
});

test('`runRounds` tells the session of each attempt whether it counts, before anybody else hears of it', async () => {
  const told: string[] = [];
  const inner = inProcessRuntime();
  const runtime: RunOptions['runtime'] = {
    ...inner,
    open: async (plan, clients) => ({
      ...(await inner.open(plan, clients)),
      settled: ({ round, attempt, counted }) => void told.push(`${round}.${attempt} ${counted}`),
    }),
  };
  const sampler = drawnBy((round, attempt) => (round === 2 && attempt === 1 ? [5] : [3, 4]));
  const more = { runtime, sampler, rounds: 2, onFailedRound: () => void told.push('failed') };
  await runRounds(options({ ...more, onRound: ({ round }) => void told.push(`round ${round}`) }));
  assert.deepEqual(told, ['1.1 true', 'round 1', '2.1 false', 'failed', '2.2 true', 'round 2']);
});

test('`runRounds` throws when fewer clients than asked for report, and says why', async () => {
  // Client 5, of NaN, is in round 5.
  await expect(runRounds(options({ rounds: 5, minReports: 2 }))).rejects.toMatchObject({
    code: 'too-few-reports',
    message: expect.stringMatching(
      /^Cannot finish round 5: need 2 reports, got 1 of 2 \(the last of 3 attempts\)\n {4}1 refused, non-finite-update: .* NaN in value of federatedMean\(\) at \S+ \(client-5\)\n {4}non-finite-update: look for NaN/,
    ),
  });
});

/** A runtime whose sessions have more, or other, than those of the in-process one. */
function withSession(more: (close: () => void) => Partial<RuntimeSession>): RunOptions['runtime'] {
  const inner = inProcessRuntime();
  return {
    ...inner,
    async open(plan, clients) {
      const session = await inner.open(plan, clients);
      return { ...session, ...more(() => void session.close()) };
    },
  };
}

test('`runRounds` waits for a session that is not ready, and no round takes longer for it', async () => {
  const WAIT_MS = 300;
  let at = 0; // of a clock on which nothing but this wait takes time
  const runtime = withSession(() => ({
    async ready() {
      at += WAIT_MS;
    },
  }));
  const wallMs: number[] = [];
  const onRound = (record: RoundRecord): void => void wallMs.push(record.wallMs);
  const result = await runRounds(options({ runtime, clock: () => at, onRound }));
  expect(result.wallMs).toBe(WAIT_MS);
  expect(wallMs).toEqual([0, 0, 0]);
});

test('`runRounds` tells a session whether its run is over, or to be taken up again', async () => {
  const ends: (boolean | undefined)[] = [];
  const runtime = withSession((close) => ({
    async close(isOver) {
      ends.push(isOver);
      close();
    },
  }));
  await runRounds(options({ runtime }));
  const controller = new AbortController();
  const onRound = (): void => controller.abort();
  await runRounds(options({ runtime, signal: controller.signal, onRound }));
  const nobody = { name: 'nobody', sample: () => [5] };
  await expect(runRounds(options({ runtime, sampler: nobody }))).rejects.toMatchObject({
    code: 'empty-aggregate',
  });
  const disk = simulatedDisk({ fault: (call) => (call === 'rename' ? 'ENOSPC' : null) });
  const store = directoryStore('/full', { disk });
  await expect(runRounds(options({ runtime, store, storeRetries: 0 }))).rejects.toMatchObject({
    code: 'store-failed',
  });
  // The next start tries again what has failed, and writes again what the disk refused.
  assert.deepEqual(ends, [true, false, false, false]);
});

test("`runRounds` says how often a round failed when all its attempts were an earlier process's, and then tries again", async () => {
  const store = memoryStore();
  const nobody = { name: 'nobody', sample: () => [5] };
  const controller = new AbortController();
  const kept = { store, sampler: nobody, rounds: 1, onRound() {} };
  const onFailedRound = ({ attempt }: { attempt: number }): void => {
    if (attempt === 2) controller.abort(); // as if killed before it could say that the run has failed
  };
  await runRounds(options({ ...kept, maxAttempts: 3, signal: controller.signal, onFailedRound }));
  await expect(runRounds(options({ ...kept, maxAttempts: 2 }))).rejects.toMatchObject({
    code: 'too-many-attempts',
    message: 'Cannot finish the run: round 1 failed 2 times',
  });
  // Now it has ended, and has two more.
  await expect(runRounds(options({ ...kept, maxAttempts: 2 }))).rejects.toThrow(/the last of 4 attempts/);
});

test('`runRounds` makes a write again when the disk refuses, and gives up in words that say what is kept', async () => {
  let refusals = 0;
  const refusing = (most: number, from: number) => {
    let number = 0;
    refusals = 0;
    return simulatedDisk({
      fault(call) {
        if (call !== 'sync') return null;
        number++;
        if (number < from || refusals >= most) return null;
        refusals++;
        return 'ENOSPC';
      },
    });
  };
  const expected = await runRounds(options());
  const once = directoryStore('/run', { disk: refusing(1, 6) });
  assert.equal((await runRounds(options({ store: once, storeRetries: 1 }))).stateHash, expected.stateHash);
  assert.equal(refusals, 1);
  const announced: number[] = [];
  const full = directoryStore('/run', { disk: refusing(100, 8) });
  const running = runRounds(
    options({ store: full, storeRetries: 1, onRound: ({ round }) => void announced.push(round) }),
  );
  await expect(running).rejects.toMatchObject({
    code: 'store-failed',
    message: expect.stringMatching(
      /^Cannot continue after round 1: Cannot write .*ENOSPC.*, time and again; all 1 rounds before are kept/,
    ),
  });
  assert.equal(refusals, 3); // the write, once more, and then the lock that is let go of
  assert.deepEqual(announced, [1]);
});

test('`runRounds` leaves an attempt open when it is aborted while that is being stored', async () => {
  const controller = new AbortController();
  const inner = memoryStore();
  const store: RunStore = {
    ...inner,
    async open(run) {
      const open = await inner.open(run);
      return {
        ...open,
        async begin(attempt) {
          await open.begin(attempt);
          if (attempt.round === 2) controller.abort();
        },
      };
    },
  };
  const runtime = withSession(() => ({
    runPhase(request) {
      if (controller.signal.aborted) return Promise.reject(controller.signal.reason); // as over sockets
      return inProcess.then((session) => session.runPhase(request));
    },
  }));
  const inProcess = inProcessRuntime().open(linkPlan(compilePlan(growth.next)), population);
  const result = await runRounds(options({ runtime, store, run: 'one', signal: controller.signal }));
  assert.deepEqual([result.rounds, result.interrupted], [1, true]);
  const { attempts, end } = await inner.read('one');
  assert.deepEqual(
    attempts.map(({ outcome }) => outcome),
    ['counted', 'open'],
  );
  expect(end).toMatchObject({ outcome: 'stopped', code: 'interrupted' });
  await (await inProcess).close();
});
