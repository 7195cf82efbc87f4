// Several runs on one server at once, over real sockets: each ends in the state that it has alone, clients take part in
// several, and one that leaves one run stays in the other.
import { createRunsClient, type RunChange, type RunsClient, startClients } from '@starling/client';
import { createCoordinatorServer, websocketRuntime } from '@starling/coordinator';
import { uniformSampler } from '@starling/population';
import { inProcessRuntime, type RunOptions, runRounds } from '@starling/runtime';
import { createEngine } from '@starling/runtime/engines';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { driftingThreshold, sensors } from './support/drifting-threshold.js';

const SIZE = 4;
const population = sensors(SIZE);
const setup = (seed: number, rounds: number): Omit<RunOptions, 'runtime'> => ({
  process: driftingThreshold(),
  population,
  sampler: uniformSampler({ cohortSize: 3 }),
  rounds,
  seed,
});

describe('runs on one server', () => {
  let server: Awaited<ReturnType<typeof createCoordinatorServer>>;
  let engine: Awaited<ReturnType<typeof createEngine>>;
  beforeAll(async () => {
    server = await createCoordinatorServer({ awaitsRuns: true });
    engine = await createEngine('onnx');
  });
  afterAll(async () => {
    await server.close();
    await engine.dispose();
  });
  const on = (runName: string, minClients = SIZE) => websocketRuntime({ server, runName, minClients });

  test('end in the states that they have alone, two at once, with clients that take part in both', async () => {
    const running = await startClients({
      url: server.url,
      population,
      clients: [0, 1, 2, 3],
      runs: 2,
      engine,
      backOff: { baseMs: 5, maxMs: 20 },
    });
    const [one, two] = await Promise.all([
      runRounds({ ...setup(1, 6), run: 'one', runtime: on('one') }),
      runRounds({ ...setup(2, 4), run: 'two', runtime: on('two') }),
    ]);
    await running.close();
    const alone = [];
    for (const each of [setup(1, 6), setup(2, 4)]) {
      alone.push((await runRounds({ ...each, runtime: inProcessRuntime() })).stateHash);
    }
    expect([one.stateHash, two.stateHash]).toEqual(alone);
    expect([one.failedRounds, two.failedRounds, one.lost, two.lost]).toEqual([0, 0, [], []]);
  });

  test('go on in one when a client has left the other', async () => {
    const changes: string[] = [];
    const clients = [0, 1, 2, 3].map(
      (index): RunsClient =>
        createRunsClient({
          url: server.url,
          clientId: population.clientId(index),
          dataType: population.dataType,
          load: () => population.load(index),
          engine,
          runs: 3,
          backOff: { baseMs: 5, maxMs: 20 },
          onRun: (run: string, change: RunChange) => void changes.push(`${index} ${change} ${run}`),
        }),
    );
    const left = clients[0]!;
    const everyone = { sampler: uniformSampler({ cohortSize: SIZE }) };
    let isLeaving: Promise<void> | null = null;
    const [one, two] = await Promise.all([
      runRounds({
        ...{ ...setup(1, 4), ...everyone },
        run: 'three',
        // One that is not there may come until the deadline; the others are waited for in any case.
        runtime: websocketRuntime({
          ...{ server, runName: 'three', minClients: SIZE },
          ...{ deadlineMs: 100, extendBelow: SIZE - 1 },
        }),
        async onRound({ round }) {
          if (round !== 2) return;
          isLeaving = left.leave('three');
          await isLeaving;
        },
      }),
      runRounds({ ...{ ...setup(2, 8), ...everyone }, run: 'four', runtime: on('four') }),
    ]);
    expect(isLeaving).not.toBeNull();
    // In rounds 3 and 4, or from 4 on, if 3 was asked before it had left.
    expect(one.rounds).toBe(4);
    expect(one.lost.flatMap(({ clients }) => clients)).toContain(left.name);
    expect(two).toMatchObject({ rounds: 8, lost: [], failedRounds: 0 });
    expect(changes).toContain('0 joined four');
    for (const client of clients) await client.close();
  });
});
