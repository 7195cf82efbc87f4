// Faults between the two round trips of `federatedSelect`: the coordinator is killed once the keys are up, or a client
// goes away once it has sent its keys. The state is that of a run in one process, of those who reported.
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient, createPlanCache, startClients } from '@starling/client';
import { createOnnxEngine } from '@starling/compute';
import { websocketRuntime } from '@starling/coordinator';
import { type Population, uniformSampler } from '@starling/population';
import { inProcessRuntime, type RoundRecord, type Runtime, runRounds } from '@starling/runtime';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { startCoordinator } from '../support/killable-coordinator.js';
import { keyHolders, wanderingRows } from '../support/wandering-rows.js';

const CLIENTS = 8;
const ROUNDS = 12;
const population = keyHolders(CLIENTS);
const quick = { baseMs: 20, maxMs: 100 };

let child: ChildProcess | null = null;
afterEach(() => void child?.kill('SIGKILL'));

const everyone = Array.from({ length: CLIENTS }, (_, index) => index);

function run(runtime: Runtime, clients: Population, cohortSize: number, rounds: number) {
  const records: RoundRecord[] = [];
  const ran = runRounds({
    process: wanderingRows(),
    runtime,
    population: clients,
    sampler: uniformSampler({ cohortSize }),
    rounds,
    seed: 11,
    onRound: (record) => void records.push(record),
  });
  return ran.then(({ stateHash }) => ({ stateHash, records }));
}

describe('faults between keys and slices', () => {
  test('`runCoordinator` ends in the state of an unkilled run when it is killed after keys came up', async () => {
    const expected = await run(inProcessRuntime(), population, CLIENTS / 2, ROUNDS);
    const state = await mkdtemp(join(tmpdir(), 'starling-select-'));
    const port = await freePort();
    const lives: (readonly number[])[] = [];
    let committed = 0;
    let kills = 0;
    // A client loads its data in each phase: the second load of a client since the last commit is in the second phase,
    // when all keys are up.
    const loads = new Map<number, number>();
    const running = await startClients({
      url: `ws://127.0.0.1:${port}`,
      population: {
        ...population,
        load(index) {
          loads.set(index, (loads.get(index) ?? 0) + 1);
          const isSecondPhase = loads.get(index) === 2;
          if (isSecondPhase && kills < 3 && committed >= 2 * (kills + 1)) {
            kills++;
            child?.kill('SIGKILL');
          }
          return population.load(index);
        },
      },
      clients: everyone,
      backOff: quick,
    });
    let end = '';
    for (let life = 0; life < 4; life++) {
      const started = startCoordinator(
        { port, state, rounds: ROUNDS, clients: CLIENTS, work: 'rows' },
        (lines) => {
          committed = lines.at(-1)?.round ?? committed;
          loads.clear();
        },
      );
      child = started.child;
      const ran = await started.ended;
      end = ran.end;
      lives.push(ran.lines.flatMap(({ round }) => round ?? []));
      if (life < 3) expect(end).toBe('SIGKILL');
      else expect(ran.lines.at(-1)).toEqual({ rounds: ROUNDS, stateHash: expected.stateHash });
    }
    expect(end).toBe('0 ');
    expect(lives.flat()).toEqual([...new Set(lives.flat())].sort((a, b) => a - b));
    await running.close();
    await rm(state, { recursive: true });
  }, 120_000);

  test('`websocketRuntime` continues without a client that leaves once it has sent its keys', async () => {
    const leaver = 3;
    /** `leave` is called as the leaver begins the second phase of the second round. */
    const counted = (leave: () => void): Population => {
      let loads = 0;
      return {
        ...population,
        load(index) {
          if (index === leaver && ++loads === 4) leave();
          return population.load(index);
        },
      };
    };
    const gone = counted(() => {
      throw new Error('gone');
    });
    const expected = await run(inProcessRuntime(), gone, CLIENTS, 2);
    const engine = await createOnnxEngine();
    const runtime = websocketRuntime({
      deadlineMs: 20_000,
      minClients: CLIENTS,
      engine,
      launchClients(url) {
        const plans = createPlanCache(engine);
        const leaving = counted(() => void clients[leaver]!.close());
        const clients: readonly Client[] = everyone.map((index) =>
          createClient({
            url,
            clientId: population.clientId(index),
            dataType: population.dataType,
            load: () => leaving.load(index),
            engine,
            plans,
          }),
        );
        return {
          async stop() {
            await Promise.all(clients.map((client) => client.finished));
            await plans.dispose();
          },
        };
      },
    });
    const actual = await run(runtime, population, CLIENTS, 2);
    const lost = actual.records.map(({ reports }) => reports.filter(({ status }) => status !== 'accepted'));
    expect(lost).toMatchObject([
      [],
      [{ client: population.clientId(leaver), status: 'dropped', code: 'left' }],
    ]);
    expect(actual.stateHash).toBe(expected.stateHash);
    await engine.dispose();
  });
});
