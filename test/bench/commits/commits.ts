// `npm run bench -- --commits`: how long a round of a small model takes that is kept, from its first client to the end
// of its commit: the attempt written and synced before its work, the state, who counted and the line of metrics after.
// In turns with the same round that is kept nowhere, so that the disk's part shows.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IterativeProcess } from '@starling/federated-core';
import { type Population, uniformSampler } from '@starling/population';
import { inProcessRuntime, runRounds } from '@starling/runtime';
import type { RunStore } from '@starling/store';
import { directoryStore } from '@starling/store/directory';
import { sqlStore } from '@starling/store/sql';
import { driftingThreshold, sensors } from '../../support/drifting-threshold.js';
import { median } from '../median.js';
import { table } from '../table.js';
import { workPopulation, workProcess } from '../work/standard-work.js';

/** Of a committed round of the small model, milliseconds. */
const BOUND_MS = 5;
const COHORT = 10;
/** The first rounds of a process are those of a cold machine. */
const WARM_UP = 20;

interface Work {
  readonly name: string;
  /** Whether the bound is of this one. */
  readonly isSmall: boolean;
  readonly process: IterativeProcess;
  readonly population: Population;
}

/** Prints a row for each work and store; the exit code is 1 if a round of the small model takes longer than it may. */
export async function runCommits(rounds: number): Promise<void> {
  const works: readonly Work[] = [
    { name: 'threshold', isSmall: true, process: driftingThreshold(), population: sensors(200) },
    { name: 'lr', isSmall: false, process: workProcess('lr'), population: workPopulation('lr') },
  ];
  const rows: (readonly string[])[] = [];
  for (const work of works) {
    const kept = await inTurns(work, rounds);
    const plain = median(kept.none);
    for (const [store, times] of Object.entries(kept)) {
      const middle = median(times);
      const late = [...times].sort((a, b) => a - b)[Math.floor(0.9 * times.length)]!;
      if (work.isSmall && middle >= BOUND_MS) process.exitCode = 1;
      const row = [middle, late, middle - plain].map((ms) => ms.toFixed(2));
      rows.push([`${work.name}, ${store}`, ...row, work.isSmall ? `< ${BOUND_MS}` : '']);
    }
  }
  process.stderr.write(`\n${table(['kept in', 'median ms', '90 %', 'more than none', 'bound'], rows)}\n`);
}

/** Milliseconds of each round, by store. */
async function inTurns(work: Work, rounds: number): Promise<Record<'none' | 'directory' | 'sql', number[]>> {
  const times = { none: [] as number[], directory: [] as number[], sql: [] as number[] };
  for (let turn = 0; turn < 2; turn++) {
    const folder = await mkdtemp(join(tmpdir(), 'starling-commits-'));
    try {
      times.none.push(...(await timesOf(work, rounds, null)));
      times.directory.push(...(await timesOf(work, rounds, directoryStore(join(folder, 'directory')))));
      times.sql.push(...(await timesOf(work, rounds, sqlStore(join(folder, 'runs.db')))));
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  return times;
}

/** From one round's end to the next one's, so that nothing of the loop is left out. */
async function timesOf(
  { process, population }: Work,
  rounds: number,
  store: RunStore | null,
): Promise<number[]> {
  const ends: number[] = [];
  await runRounds({
    process,
    population,
    runtime: inProcessRuntime(),
    sampler: uniformSampler({ cohortSize: COHORT }),
    rounds: rounds + WARM_UP + 1,
    seed: 1,
    ...(store !== null && { store }),
    onRound: () => void ends.push(performance.now()),
  });
  return ends.slice(WARM_UP).flatMap((end, index, all) => (index === 0 ? [] : [end - all[index - 1]!]));
}
