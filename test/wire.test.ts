// The websocket runtime with real clients: the same bits as in one process, whatever the order of arrival, and
// whatever happens to sockets.
import { startClients } from '@starling/client';
import { websocketRuntime } from '@starling/coordinator';
import { uniformSampler } from '@starling/population';
import { inProcessRuntime, type RunResult, type Runtime, runRounds } from '@starling/runtime';
import { runtimeContract } from '@starling/runtime/contract';
import { describe, expect, test } from 'vitest';
import { driftingThreshold, sensors } from './support/drifting-threshold.js';

const size = 12;
const population = sensors(size);
const everyone = Array.from({ length: size }, (_, index) => index);

function run(runtime: Runtime): Promise<RunResult> {
  return runRounds({
    process: driftingThreshold(),
    runtime,
    population,
    sampler: uniformSampler({ cohortSize: 9 }),
    rounds: 5,
    seed: 3,
  });
}

runtimeContract('websocketRuntime', (population) =>
  websocketRuntime({
    deadlineMs: 20_000,
    launchClients: async (url) => {
      const clients = Array.from({ length: population.size }, (_, index) => index);
      const running = await startClients({ url, population, clients });
      return { stop: () => running.close() };
    },
  }),
);

describe('websocketRuntime with clients', () => {
  test('`websocketRuntime` ends in the state of `inProcessRuntime` when clients answer in any order', async () => {
    const expected = await run(inProcessRuntime());
    const runtime = websocketRuntime({
      extendBelow: size,
      deadlineMs: 20_000,
      launchClients: async (url) => {
        const running = await startClients({ url, population, clients: everyone });
        return { stop: async () => void (await running.finished) };
      },
    });
    const actual = await run(runtime);
    expect(actual.stateHash).toBe(expected.stateHash);
    expect(actual.metrics).toEqual(expected.metrics);
  });
});
