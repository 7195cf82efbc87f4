// Kills a coordinator again and again (SIGKILL), at times drawn from a seed, in the middle of its rounds and between
// them, of attempts that fail and of those that count; and starts it again each time, until its run is done.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClients } from '@starling/client';
import { generator, seedFrom } from '@starling/federated-core';
import { freePort } from '../support/free-port.js';
import { startCoordinator } from '../support/killable-coordinator.js';
import { attackedPopulation, attackedRun, CLIENTS } from './attacked-run.js';

const WORK_MS = 4; // so that an attempt lasts long enough to be killed in its middle
const LONGEST_DELAY_MS = 60;

export interface KilledRun {
  readonly kills: number;
  readonly stateHash: string;
  /** Of the run that nobody killed. */
  readonly expected: string;
  /** Rounds in the order in which they were announced. */
  readonly announced: readonly number[];
}

/** Up to `kills` of them, in a run of `rounds`; fewer, if it is over before. */
export async function killCoordinator(kills: number, rounds: number, seed: number): Promise<KilledRun> {
  const expected = (await attackedRun(rounds)).stateHash;
  const draw = generator(seedFrom(seed));
  const state = await mkdtemp(join(tmpdir(), 'starling-attacked-'));
  const port = await freePort();
  const population = attackedPopulation();
  const clients = await startClients({
    url: `ws://127.0.0.1:${port}`,
    population: {
      ...population,
      async load(index) {
        await new Promise((resolve) => setTimeout(resolve, WORK_MS));
        return population.load(index);
      },
    },
    clients: Array.from({ length: CLIENTS }, (_, index) => index),
    backOff: { baseMs: 20, maxMs: 100 },
  });
  const announced: number[] = [];
  let stateHash: string | null = null;
  let killed = 0;
  try {
    while (stateHash === null) {
      const isLast = killed >= kills;
      const [after, delayMs] = [draw.below(2), draw.below(LONGEST_DELAY_MS)];
      const options = { port, state, rounds, clients: CLIENTS, work: 'attacked' } as const;
      const { ended } = startCoordinator(options, (lines, child) => {
        // Its first line says that it listens.
        if (!isLast && lines.length === after + 1) setTimeout(() => child.kill('SIGKILL'), delayMs);
      });
      const { lines, end } = await ended;
      announced.push(...lines.flatMap(({ round }) => round ?? []));
      if (end === 'SIGKILL') killed++;
      else if (end === '0 ') stateHash = lines.at(-1)!.stateHash!;
      else throw new Error(`the coordinator ended with ${end}`);
    }
  } finally {
    await clients.close();
    await rm(state, { recursive: true, force: true });
  }
  return { kills: killed, stateHash, expected, announced };
}
