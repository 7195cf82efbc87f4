// Kills the coordinator and the clients of a run whose clients keep a state (SIGKILL), by turns, at times drawn from a
// seed, and starts each again: who is killed comes back within the deadline, and so the run must end in the state of
// one that nobody killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generator, seedFrom } from '@starling/federated-core';
import { uniformSampler } from '@starling/population';
import { inProcessRuntime, runRounds } from '@starling/runtime';
import { sensors } from '../support/drifting-threshold.js';
import { freePort } from '../support/free-port.js';
import { keepingSensors } from '../support/keeping-sensors.js';
import { startCoordinator } from '../support/killable-coordinator.js';

/** This file may be a source, as tests load it, or built. */
const BUILT = import.meta.url.endsWith('.ts') ? '../dist/support' : '../support';
const CLIENT = fileURLToPath(new URL(`${BUILT}/client-process.js`, import.meta.url));

const PROCESSES = 3;
/** Two a process, and cohorts of three. */
const CLIENTS = 2 * PROCESSES;
const LONGEST_DELAY_MS = 120;
/** As `coordinator-process.ts` has it. */
const SEED = 11;

export interface KilledKeepers {
  readonly coordinatorKills: number;
  readonly clientKills: number;
  /** A sentence for each thing that is wrong. */
  readonly findings: readonly string[];
}

/** Up to so many of each, in a run of `rounds`; fewer, if it is over before. */
export async function killKeepers(kills: number, rounds: number, seed: number): Promise<KilledKeepers> {
  const draw = generator(seedFrom(seed));
  const folder = await mkdtemp(join(tmpdir(), 'starling-keepers-'));
  const port = await freePort();
  const startClient = (index: number): ChildProcess => {
    const clients = [2 * index, 2 * index + 1].map(String);
    const env = { ...process.env, STARLING_TEST_KEEP: join(folder, `client-${index}`) };
    const url = `ws://127.0.0.1:${port}`;
    return spawn(process.execPath, [CLIENT, url, String(CLIENTS), ...clients], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  };
  const processes = Array.from({ length: PROCESSES }, (_, index) => startClient(index));
  const findings: string[] = [];
  let [coordinatorKills, clientKills] = [0, 0];
  let stateHash: string | null = null;
  let isOver = false;
  const killClients = async (): Promise<void> => {
    while (!isOver && clientKills < kills) {
      await new Promise((resolve) => setTimeout(resolve, draw.below(LONGEST_DELAY_MS)));
      if (isOver) return;
      const index = draw.below(PROCESSES);
      const child = processes[index]!;
      if (child.exitCode !== null) return; // it has heard that the run is over
      child.kill('SIGKILL');
      await once(child, 'exit');
      clientKills++;
      if (!isOver) processes[index] = startClient(index);
    }
  };
  try {
    const killing = killClients();
    while (stateHash === null) {
      const isLast = coordinatorKills >= kills;
      const delayMs = draw.below(LONGEST_DELAY_MS);
      const options = {
        port,
        state: join(folder, 'run'),
        rounds,
        clients: CLIENTS,
        work: 'keeping',
      } as const;
      const { ended } = startCoordinator(options, (lines, child) => {
        if (!isLast && lines.length === 1) setTimeout(() => child.kill('SIGKILL'), delayMs);
      });
      const { lines, end } = await ended;
      if (end === 'SIGKILL') coordinatorKills++;
      else if (end === '0 ') stateHash = lines.at(-1)!.stateHash!;
      else throw new Error(`the coordinator ended with ${end}`);
    }
    isOver = true;
    await killing;
    const { stateHash: expected } = await runRounds({
      process: keepingSensors(),
      population: sensors(CLIENTS),
      sampler: uniformSampler({ cohortSize: CLIENTS / 2 }),
      runtime: inProcessRuntime(),
      rounds,
      seed: SEED,
    });
    if (stateHash !== expected) findings.push(`the run ends in ${stateHash}, need ${expected}`);
  } finally {
    isOver = true;
    for (const child of processes) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
  return { coordinatorKills, clientKills, findings };
}
