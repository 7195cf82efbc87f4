// The websocket runtime with real clients: the same bits as in one process, whatever the order of arrival, and
// whatever happens to sockets.
import { type RunningClients, startClients } from '@starling/client';
import { websocketRuntime } from '@starling/coordinator';
import { uniformSampler } from '@starling/population';
import {
  inProcessRuntime,
  type RoundRecord,
  type RunResult,
  type Runtime,
  runRounds,
} from '@starling/runtime';
import { runtimeContract } from '@starling/runtime/contract';
import { describe, expect, test } from 'vitest';
import { cuttableSockets } from './support/cuttable-sockets.js';
import { driftingThreshold, sensors } from './support/drifting-threshold.js';

const size = 12;
const population = sensors(size);
const everyone = Array.from({ length: size }, (_, index) => index);

function run(runtime: Runtime, onRound?: (record: RoundRecord) => void): Promise<RunResult> {
  return runRounds({
    ...(onRound !== undefined && { onRound }),
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

  test('`websocketRuntime` tells each client which of its updates count, also when it is cut off after each `ack`', async () => {
    const sockets = cuttableSockets();
    const committed: string[] = [];
    let running: RunningClients | null = null;
    const runtime = websocketRuntime({
      extendBelow: size,
      deadlineMs: 20_000,
      launchClients: async (url) => {
        running = await startClients({
          url,
          population,
          clients: everyone,
          backOff: { baseMs: 10, maxMs: 50 },
          connect: (to, events) => sockets.connect(to, events),
          onAck: ({ client }) => {
            if (client === population.clientId(0)) sockets.cut(); // all clients, in the middle of whatever they do
          },
          onCommit: ({ client, round, status, counted }) =>
            committed.push(`${round} ${client} ${status} ${counted}`),
        });
        const { finished } = running;
        return { stop: async () => void (await finished) };
      },
    });
    const reports: string[] = [];
    const result = await run(runtime, ({ round, reports: those }) => {
      for (const { client, status } of those) {
        reports.push(`${round} ${client} ${status === 'accepted' ? 'committed 0' : 'lost'}`);
      }
    });
    expect(result.stateHash).toBe((await run(inProcessRuntime())).stateHash);
    expect(reports).toHaveLength(5 * 9);
    expect(committed.sort()).toEqual(reports.sort());
    const summaries = await running!.finished;
    expect(summaries.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(5 * 9);
    expect(
      summaries.every(({ abandoned, unknown, end }) => abandoned + unknown === 0 && end === 'finished'),
    ).toBe(true);
  });
});
