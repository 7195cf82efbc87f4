// Runs federated averaging on two threads with data made on demand, and prints how much memory that took. Started by
// `memory-checks.ts`.

import { linearTeacher } from '@starling/datasets';
import { seedFrom } from '@starling/federated-core';
import { runRounds, threadsRuntime } from '@starling/runtime';
import type { ModelName } from '../configuration.js';
import { workProcess, workSampler } from '../work/standard-work.js';

export interface MemoryRequest {
  readonly model: ModelName;
  readonly clients: number;
  readonly cohort: number;
  readonly rounds: number;
}

export interface MemoryUse {
  /** Largest resident set of the process, in MiB. */
  readonly peakMiB: number;
  /** The resident set, sampled a hundred times over the rounds (or once a round where they are fewer). */
  readonly samplesMiB: readonly number[];
}

const MIB = 1024 * 1024;
const SAMPLES = 100;

const { model, clients, cohort, rounds } = JSON.parse(process.argv[2]!) as MemoryRequest;
const every = Math.max(1, Math.floor(rounds / SAMPLES));
const samplesMiB: number[] = [];
await runRounds({
  process: workProcess(model),
  runtime: threadsRuntime({ workers: 2 }),
  population: linearTeacher({ clients, seed: seedFrom(0) }),
  sampler: workSampler(cohort),
  rounds,
  seed: 0,
  onRound: ({ round }) => {
    if (round % every === 0) samplesMiB.push(Math.round(process.memoryUsage.rss() / MIB));
  },
});
const use: MemoryUse = { peakMiB: Math.round(process.resourceUsage().maxRSS / 1024), samplesMiB };
process.stdout.write(`${JSON.stringify(use)}\n`);
process.exit();
