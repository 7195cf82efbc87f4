// Sockets that break in the middle of a round: the round waits, the clients come back, and the state has the same
// bits as if nothing had happened.
import { type Client, createClient, createPlanCache } from '@starling/client';
import { createOnnxEngine, type Engine } from '@starling/compute';
import { websocketRuntime } from '@starling/coordinator';
import { type Population, uniformSampler } from '@starling/population';
import {
  inProcessRuntime,
  type RoundRecord,
  type RunResult,
  type Runtime,
  runRounds,
} from '@starling/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CuttableSockets, cuttableSockets } from '../support/cuttable-sockets.js';
import { driftingThreshold, sensors } from '../support/drifting-threshold.js';

const CLIENTS = 100;
const ROUNDS = 20;
const CUT = 10;
const population = sensors(CLIENTS);
const everyone = Array.from({ length: CLIENTS }, (_, index) => index);
/** Longer than sockets have for their goodbyes. */
const AWAY_MS = 2500;
const quick = { baseMs: 5, maxMs: 40 };

let engine: Engine;
beforeAll(async () => {
  engine = await createOnnxEngine();
});
afterAll(() => engine.dispose());

function run(
  runtime: Runtime,
  onRound: (record: RoundRecord) => void = () => {},
  clients: Population = population,
): Promise<RunResult> {
  return runRounds({
    process: driftingThreshold(),
    runtime,
    population: clients,
    sampler: uniformSampler({ cohortSize: CLIENTS }),
    rounds: ROUNDS,
    seed: 5,
    engine,
    onRound,
  });
}

/** Clients in this process; `onLoad` is called in the middle of a client's work, when it fetches its data. */
function launch(
  url: string,
  sockets: readonly CuttableSockets[],
  onLoad: (index: number, count: number) => void,
) {
  const plans = createPlanCache(engine);
  const clients: Client[] = everyone.map((index) => {
    let loads = 0;
    return createClient({
      url,
      clientId: population.clientId(index),
      dataType: population.dataType,
      load() {
        onLoad(index, ++loads);
        return population.load(index);
      },
      engine,
      plans,
      connect: (to, events) => sockets[index]!.connect(to, events),
      backOff: quick,
    });
  });
  return {
    clients,
    async stop() {
      await Promise.all(clients.map((client) => client.finished));
      await plans.dispose();
    },
  };
}

describe('cut sockets', () => {
  test('`websocketRuntime` finishes every round in the same bits when 10 of 100 clients are cut in mid-round', async () => {
    const expected = await run(inProcessRuntime({ engine }));
    const sockets = everyone.map(cuttableSockets);
    let clients: readonly Client[] = [];
    const runtime = websocketRuntime({
      deadlineMs: 30_000,
      extendBelow: CLIENTS,
      minClients: CLIENTS,
      engine,
      launchClients(url) {
        // Each tenth client is cut while it works on its fourth round, before it can send its update.
        const launched = launch(url, sockets, (index, count) => {
          if (index % (CLIENTS / CUT) === 0 && count === 4) sockets[index]!.cut();
        });
        clients = launched.clients;
        return launched;
      },
    });
    const records: RoundRecord[] = [];
    const actual = await run(runtime, (record) => void records.push(record));
    expect(records).toHaveLength(ROUNDS);
    expect(records.every(({ reports }) => reports.every(({ status }) => status === 'accepted'))).toBe(true);
    expect(actual.stateHash).toBe(expected.stateHash);
    const reconnects = clients.map(({ counts }) => counts.reconnects);
    expect(reconnects.map((count) => count > 0)).toEqual(
      everyone.map((index) => index % (CLIENTS / CUT) === 0),
    );
    expect(clients.every(({ counts }) => counts.accepted === ROUNDS)).toBe(true);
  });

  test('`websocketRuntime` tells a client of the end that was cut off just before it, however late it is back', async () => {
    const sockets = everyone.map(cuttableSockets);
    const [last] = sockets;
    let clients: readonly Client[] = [];
    const runtime = websocketRuntime({
      minClients: CLIENTS,
      farewellMs: 600_000, // a run that ends has not waited for this
      engine,
      launchClients(url) {
        const launched = launch(url, sockets, () => {});
        clients = launched.clients;
        return launched;
      },
    });
    await run(runtime, ({ round }) => {
      if (round < ROUNDS) return;
      last!.away = true;
      last!.cut();
      setTimeout(() => {
        last!.away = false;
      }, AWAY_MS);
    });
    expect((await clients[0]!.finished).end).toBe('finished');
    expect(clients[0]!.counts.reconnects).toBeGreaterThan(0);
  });

  test('`websocketRuntime` continues without clients that stay away, and takes them again when they come back', async () => {
    const gone = [3, 14, 15];
    const awayFrom = 2; // cut in the middle of round 2
    const backAfter = 3; // round 3 passes without them too
    const sockets = everyone.map(cuttableSockets);
    const runtime = websocketRuntime({
      deadlineMs: 2500, // so that a slow machine too hears all others in time
      minClients: CLIENTS,
      engine,
      launchClients: (url) =>
        launch(url, sockets, (index, count) => {
          if (!gone.includes(index) || count !== awayFrom) return;
          sockets[index]!.away = true;
          sockets[index]!.cut();
        }),
    });
    const records: RoundRecord[] = [];
    const actual = await run(runtime, (record) => {
      records.push(record);
      if (record.round === backAfter) for (const index of gone) sockets[index]!.away = false;
    });
    const dropped = records.map(({ reports }) => reports.filter(({ status }) => status === 'dropped').length);
    // Rounds 2 and 3 end at their deadline without the three; round 4 waits for them and gets them.
    expect(dropped).toEqual(records.map(({ round }) => (round === 2 || round === 3 ? 3 : 0)));

    // The same clients, in one process, whose data cannot be had in rounds 2 and 3: the same gaps in the same lanes.
    const loads = everyone.map(() => 0);
    const lossy = {
      ...population,
      load(index: number) {
        loads[index]!++;
        if (gone.includes(index) && (loads[index] === 2 || loads[index] === 3)) throw new Error('away');
        return population.load(index);
      },
    };
    const expected = await run(inProcessRuntime({ engine }), () => {}, lossy);
    expect(actual.stateHash).toBe(expected.stateHash);
  });
});
