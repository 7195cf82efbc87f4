// Runs whose clients are elsewhere, and answer when they do: what is kept of them gives their bits again, and a process
// that dies takes nothing with it but reports that did not count.
import { generator, seedFrom } from '@starling/federated-core';
import { memoryStore, type RunStore } from '@starling/store';
import { describe, expect, test } from 'vitest';
import { detailsOf } from '../kept/round-details.js';
import { replayRun } from '../replay/replay-run.js';
import type { Runtime } from '../runtime/runtime.js';
import { driftingOptions } from '../testing/drifting.js';
import { type Elsewhere, elsewhere } from '../testing/elsewhere.js';
import type { FailedRound, RunOptions, RunResult } from './run-options.js';
import { runRounds } from './run-rounds.js';

const asynchronous = { buffer: 3, concurrency: 6, clock: 'real' } as const;
const everyone = Array.from({ length: 20 }, (_, index) => index);

const optionsOf = (more: Partial<RunOptions>): RunOptions => {
  const { faults: _, ...options } = driftingOptions({ asynchronous, ...more });
  return options;
};

/** Runs, and has those at work answer one after another, drawn by this seed; a tenth of them brings nothing. */
async function run(
  order: number,
  more: Partial<RunOptions> = {},
  clients: (onAsk: () => void) => Elsewhere = (onAsk) => elsewhere(everyone, onAsk),
): Promise<RunResult & { readonly clients: Elsewhere }> {
  const { uniform } = generator(seedFrom(order));
  let isGoing = false;
  const answerOne = (): void => {
    isGoing = false;
    const { atWork } = there;
    if (atWork.length === 0) return;
    there.answer(atWork[Math.floor(uniform() * atWork.length)]!.client, uniform() < 0.1);
    next();
  };
  const next = (): void => {
    if (isGoing) return;
    isGoing = true;
    setImmediate(answerOne);
  };
  const there = clients(next);
  const result = await runRounds(optionsOf({ ...more, runtime: there.runtime }));
  return { ...result, clients: there };
}

async function replayed(store: RunStore): Promise<readonly boolean[]> {
  const [kept] = await store.list();
  const { process, population, sampler, seed, asynchronous: how } = optionsOf({});
  const source = { process: process!, population, sampler, seed, asynchronous: how! };
  const rounds = await replayRun({ ...source, store, run: kept!.run });
  return rounds.map((round) => round.committed === round.replayed);
}

describe('asynchronous by a real clock', () => {
  test('`runRounds` folds reports as they come, and `replayRun` ends in the same states', async () => {
    const hashes = new Set<string>();
    for (const order of [1, 2, 3]) {
      const store = memoryStore();
      const { stateHash, rounds } = await run(order, { store });
      hashes.add(stateHash);
      expect(rounds).toBe(12);
      expect(await replayed(store)).toEqual(Array.from({ length: 12 }, () => true));
    }
    expect(hashes.size).toBe(3); // the order of arrival decides
  });

  test('`runRounds` keeps with each round its reports in order, their versions and the hashes of their updates', async () => {
    const store = memoryStore();
    const { clients } = await run(5, { store });
    const [kept] = await store.list();
    const { commits } = await store.read(kept!.run);
    for (const { round, counted, metrics } of commits) {
      const { arrivals, inFlight } = detailsOf(metrics)!.asynchronous!;
      expect(arrivals.map(({ client }) => client)).toEqual(counted);
      expect(arrivals.length).toBe(3);
      for (const { version, sha256 } of arrivals) {
        expect(version).toBeLessThan(round);
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      }
      const busy = inFlight.map(({ client }) => client);
      expect(busy.filter((client) => counted.includes(client))).toEqual([]);
      expect(new Set(busy).size).toBe(busy.length);
    }
    // Nobody is asked twice on one version, which would be the same work.
    const works = clients.asked.map(({ client, version, attempt }) => `${client} ${version} ${attempt}`);
    expect(new Set(works).size).toBeGreaterThan(36);
  });

  test('`runRounds` asks those for the same work again who were at work when the last round was committed', async () => {
    const store = memoryStore();
    const controller = new AbortController();
    let rounds = 0;
    const first = await run(7, {
      store,
      signal: controller.signal,
      onRound: () => {
        if (++rounds === 5) controller.abort();
      },
    });
    expect(first.interrupted).toBe(true);
    const [kept] = await store.list();
    const last = (await store.read(kept!.run)).commits.at(-1)!;
    const { inFlight } = detailsOf(last.metrics)!.asynchronous!;
    expect(inFlight.length).toBeGreaterThan(0);
    const second = await run(8, { store });
    const again = second.clients.asked.slice(0, inFlight.length);
    const named = again.map(({ client, version, attempt }) => ({
      client: `client-${client}`,
      version,
      attempt,
    }));
    expect(new Set(named.map((each) => JSON.stringify(each)))).toEqual(
      new Set(inFlight.map((each) => JSON.stringify(each))),
    );
    // With the same randomness, on what they were given before.
    for (const { client, version, seed, broadcast } of again) {
      const before = first.clients.asked.find((each) => each.client === client && each.version === version)!;
      expect([seed, broadcast]).toEqual([before.seed, before.broadcast]);
    }
    expect(second.rounds).toBe(12);
    expect(await replayed(store)).toEqual(Array.from({ length: 12 }, () => true));
  });

  test('`runRounds` makes an attempt that was left open of other reports: those that had come are void', async () => {
    const store = memoryStore();
    const controller = new AbortController();
    // Between the new state of round 5 and its commit.
    const evaluation = {
      every: 1,
      run(_: unknown, round: number) {
        if (round === 5) controller.abort();
        return {};
      },
    };
    const first = await run(11, { store, signal: controller.signal, evaluation });
    expect([first.interrupted, first.rounds]).toEqual([true, 4]);
    const [kept] = await store.list();
    expect((await store.read(kept!.run)).attempts.at(-1)).toMatchObject({ round: 5, outcome: 'open' });
    const second = await run(12, { store, evaluation: { every: 1, run: () => ({}) } });
    expect(second.rounds).toBe(12);
    expect(await replayed(store)).toEqual(Array.from({ length: 12 }, () => true));
  });

  test('`runRounds` asks only clients that are there, and goes on with those that come', async () => {
    let there!: Elsewhere;
    const result = await run(3, { rounds: 6 }, (onAsk) => {
      there = elsewhere([0, 1], (request) => {
        // Two are too few for a round of three: the third comes once both are at work.
        if (there.asked.length === 2) there.tell(2, true);
        onAsk();
        void request;
      });
      return there;
    });
    expect(result.rounds).toBe(6);
    expect(new Set(there.asked.map(({ client }) => client))).toEqual(new Set([0, 1, 2]));
  });

  test('`runRounds` fails where all that are there bring nothing, with the reasons, after so many attempts', async () => {
    const failed: FailedRound[] = [];
    const there: Elsewhere = elsewhere(everyone, ({ client }) =>
      setImmediate(() => there.answer(client, true)),
    );
    const running = runRounds(
      optionsOf({
        runtime: there.runtime,
        maxAttempts: 3,
        backOffMs: 1,
        onFailedRound: (failure) => {
          failed.push(failure);
        },
      }),
    );
    await expect(running).rejects.toMatchObject({
      code: 'empty-aggregate',
      message: expect.stringMatching(/got none: all \d+ clients are lost.*\d+ dropped, left: gone/s),
    });
    expect(failed.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    // Six may be at work: as many in a row are enough.
    for (const { reports } of failed) expect(reports.length).toBeGreaterThanOrEqual(6);
    // Each of the 20 once an attempt at most; after the last attempt nobody waits for those of a fourth.
    const works = there.asked.map(({ client, version, attempt }) => `${client} ${version} ${attempt}`);
    expect(new Set(works).size).toBe(works.length);
  });

  test('`runRounds` asks a client that brings nothing once a round, so that others are asked', async () => {
    const bad = new Set([0, 1, 2, 3, 4, 5]);
    const there: Elsewhere = elsewhere(everyone, ({ client }) =>
      setImmediate(() => there.answer(client, bad.has(client))),
    );
    const { rounds } = await runRounds(optionsOf({ runtime: there.runtime }));
    expect(rounds).toBe(12);
    for (let version = 0; version <= 12; version++) {
      const asked = there.asked.filter((each) => each.version === version && each.attempt === 1);
      const lost = asked.map(({ client }) => client).filter((client) => bad.has(client));
      expect(new Set(lost).size).toBe(lost.length);
    }
  });

  test('`runRounds` is interrupted, and has failed nothing, where the signal cuts off those at work', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const there: Elsewhere = elsewhere(everyone, ({ client }) => setImmediate(() => there.answer(client)));
    const { runtime } = there;
    const cut = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    const cutOff: Runtime = {
      ...runtime,
      async open(...parameters) {
        const session = await runtime.open(...parameters);
        const work: typeof session.work = (request) => Promise.race([session.work!(request), cut]);
        return { ...session, work };
      },
    };
    const onRound = ({ round }: { readonly round: number }): void => {
      if (round === 3) controller.abort();
    };
    const result = await runRounds(optionsOf({ runtime: cutOff, signal, onRound }));
    expect([result.interrupted, result.rounds]).toEqual([true, 3]);
  });

  test('`runRounds` refuses a runtime whose clients neither come nor go, and what is simulated', async () => {
    await expect(runRounds(optionsOf({}))).rejects.toThrow(
      'need a runtime whose clients come and go, such as websocket, got in-process',
    );
    await expect(runRounds({ ...optionsOf({}), faults: {} })).rejects.toThrow(
      "clock 'real' and faults cannot both be given",
    );
  });
});
