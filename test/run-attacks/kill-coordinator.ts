// Kills a coordinator again and again (SIGKILL), at times drawn from a seed, in the middle of its rounds and between
// them, of attempts that fail and of those that count; and starts it again each time, until its run is done. In mode
// `fixed` that must end in the state of a run that nobody killed; in mode `present`, where cohorts follow from who was
// there, each round must replay to the state that was committed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClients } from '@starling/client';
import { generator, seedFrom } from '@starling/federated-core';
import { replayRun } from '@starling/runtime/replay';
import { directoryStore } from '@starling/store/directory';
import { freePort } from '../support/free-port.js';
import { startCoordinator } from '../support/killable-coordinator.js';
import { slowPopulation } from '../support/slow-population.js';
import { attackedPopulation, attackedRun, attackedSource, CLIENTS } from './attacked-run.js';

const WORK_MS = 4; // so that an attempt lasts long enough to be killed in its middle
const LONGEST_DELAY_MS = 60;

export interface KilledRun {
  readonly kills: number;
  /** Rounds in the order in which they were announced. */
  readonly announced: readonly number[];
  /** A sentence for each thing that is wrong. */
  readonly findings: readonly string[];
}

/** Up to `kills` of them, in a run of `rounds`; fewer, if it is over before. */
export async function killCoordinator(
  kills: number,
  rounds: number,
  seed: number,
  mode: 'fixed' | 'present' = 'fixed',
): Promise<KilledRun> {
  const draw = generator(seedFrom(seed));
  const state = await mkdtemp(join(tmpdir(), 'starling-attacked-'));
  const port = await freePort();
  const population = attackedPopulation();
  const clients = await startClients({
    url: `ws://127.0.0.1:${port}`,
    population: slowPopulation(population, WORK_MS),
    clients: Array.from({ length: CLIENTS }, (_, index) => index),
    backOff: { baseMs: 20, maxMs: 100 },
  });
  const announced: number[] = [];
  const findings: string[] = [];
  let stateHash: string | null = null;
  let killed = 0;
  try {
    while (stateHash === null) {
      const isLast = killed >= kills;
      const [after, delayMs] = [draw.below(2), draw.below(LONGEST_DELAY_MS)];
      const options = {
        port,
        state,
        rounds,
        clients: CLIENTS,
        work: mode === 'fixed' ? 'attacked' : 'present',
      } as const;
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
    const expected =
      mode === 'fixed' ? await unkilledState(rounds) : await replayedState(state, rounds, findings);
    if (stateHash !== expected) findings.push(`the run ends in ${stateHash}, need ${expected}`);
    // What was announced was never taken back.
    if (new Set(announced).size < announced.length) findings.push(`rounds announced twice: ${announced}`);
  } finally {
    await clients.close();
    await rm(state, { recursive: true, force: true });
  }
  return { kills: killed, announced, findings };
}

async function unkilledState(rounds: number): Promise<string> {
  return (await attackedRun(rounds)).stateHash;
}

/** The state of the last round, as `starling runs replay` has it. */
async function replayedState(directory: string, rounds: number, findings: string[]): Promise<string> {
  const store = directoryStore(directory);
  const { run } = (await store.list())[0]!;
  const replayed = await replayRun({ ...attackedSource(), store, run });
  for (const { round, committed, replayed: state } of replayed) {
    if (state !== committed)
      findings.push(`round ${round} was committed as ${committed}, and replays to ${state}`);
  }
  if (replayed.length !== rounds) findings.push(`${replayed.length} rounds replay, need ${rounds}`);
  return replayed.at(-1)!.replayed;
}
