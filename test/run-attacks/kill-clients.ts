// Kills processes of clients (SIGKILL) while rounds run, at times drawn from a seed, and starts each again: a round
// waits for those that are gone until its deadline, and no longer.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runCoordinator } from '@starling/coordinator';
import { generator, seedFrom } from '@starling/federated-core';
import { uniformSampler } from '@starling/population';
import { driftingThreshold, sensors } from '../support/drifting-threshold.js';
import { freePort } from '../support/free-port.js';

/** This file may be a source, as tests load it, or built. */
const BUILT = import.meta.url.endsWith('.ts') ? '../dist/support' : '../support';
const CLIENT = fileURLToPath(new URL(`${BUILT}/client-process.js`, import.meta.url));

const PROCESSES = 4;
/** Two a process, and cohorts of four: one process alone never has all of a cohort. */
const CLIENTS = 2 * PROCESSES;
const DEADLINE_MS = 500;
/** What a round may take on top of its deadline. */
const SLACK_MS = 1000;
const LONGEST_DELAY_MS = 60;
/** Then it counts as a round without an end. */
const HANGS_MS = 20_000;

export interface KilledClients {
  readonly kills: number;
  readonly rounds: number;
  /** Between two commits, milliseconds. */
  readonly longestMs: number;
  /** A sentence for each thing that is wrong. */
  readonly findings: readonly string[];
}

export async function killClients(kills: number, seed: number): Promise<KilledClients> {
  const draw = generator(seedFrom(seed));
  const port = await freePort();
  const findings: string[] = [];
  const controller = new AbortController();
  const committed: number[] = [];
  let heard: () => void = () => {};
  const running = runCoordinator({
    run: {
      process: driftingThreshold(),
      population: sensors(CLIENTS),
      sampler: uniformSampler({ cohortSize: CLIENTS / 2 }),
      rounds: 1_000_000, // it is stopped after the last kill
    },
    seed,
    port,
    deadlineMs: DEADLINE_MS,
    minClients: CLIENTS,
    signal: controller.signal,
    onRound() {
      committed.push(performance.now());
      heard();
    },
  });
  running.catch(() => {}); // thrown where it is awaited
  /** Resolves with the next commit: whether there is one. */
  const nextRound = (): Promise<boolean> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), HANGS_MS);
      heard = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  const processes: ChildProcess[] = [];
  try {
    const starting = Array.from({ length: PROCESSES }, (_, index) => startProcess(port, index));
    processes.push(...starting);
    await Promise.all(starting.map(isReady));
    for (let kill = 1; kill <= kills; kill++) {
      await new Promise((resolve) => setTimeout(resolve, draw.below(LONGEST_DELAY_MS)));
      const index = draw.below(PROCESSES);
      processes[index]!.kill('SIGKILL');
      await once(processes[index]!, 'exit');
      // Two, since the first may have had all its reports before.
      for (let round = 0; round < 2; round++) {
        if (!(await nextRound())) findings.push(`kill ${kill}: no round was committed within ${HANGS_MS} ms`);
      }
      processes[index] = startProcess(port, index);
      await isReady(processes[index]!);
    }
  } finally {
    controller.abort();
    for (const child of processes) child.kill('SIGKILL');
  }
  await running;
  const waits = committed.slice(1).map((at, index) => at - committed[index]!);
  const longestMs = Math.round(Math.max(0, ...waits));
  if (longestMs > DEADLINE_MS + SLACK_MS) {
    findings.push(`a round took ${longestMs} ms, need at most ${DEADLINE_MS + SLACK_MS}`);
  }
  return { kills, rounds: committed.length, longestMs, findings };
}

function startProcess(port: number, index: number): ChildProcess {
  const clients = [2 * index, 2 * index + 1].map(String);
  return spawn(process.execPath, [CLIENT, `ws://127.0.0.1:${port}`, String(CLIENTS), ...clients], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function isReady(child: ChildProcess): Promise<void> {
  await once(child.stdout!, 'data');
}
