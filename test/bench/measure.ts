// Measures one configuration in this process and prints one JSON line. `child.ts` starts it.
import { runRounds } from '@starling/runtime';
import type { Configuration, Measurement } from './configuration.js';
import { median } from './median.js';
import { engineChoice, makeRuntime } from './runtimes.js';
import { LANE_SIZE, workPopulation, workProcess, workSampler } from './work/standard-work.js';

const configuration = JSON.parse(process.argv[2]!) as Configuration;
const { model, warmup, rounds } = configuration;

const beforeData = performance.now();
const population = workPopulation(model);
const dataMs = performance.now() - beforeData;

/** When each round ended, in milliseconds since the process started. */
const ends: number[] = [];
/** Processor time used until the timed rounds began. */
let cpuBefore = 0;
const losses: (number | null)[] = [];

await runRounds({
  process: workProcess(model),
  laneSize: LANE_SIZE,
  runtime: makeRuntime(configuration),
  population,
  sampler: workSampler(),
  rounds: warmup + rounds,
  seed: 0,
  engine: engineChoice(configuration),
  onRound: ({ round, metrics }) => {
    ends.push(performance.now());
    if (round === warmup) cpuBefore = cpuMs();
    losses.push(lossOf(metrics));
  },
});

const spans = ends.slice(warmup).map((end, index) => end - ends[warmup + index - 1]!);
const measurement: Measurement = {
  version: `Node.js ${process.versions.node}`,
  rounds,
  medianRoundMs: median(spans),
  bestRoundMs: Math.min(...spans),
  cpuMsPerRound: (cpuMs() - cpuBefore) / rounds,
  peakMemoryMiB: process.resourceUsage().maxRSS / 1024,
  firstRoundMs: ends[0]! - dataMs,
  lossBefore: losses[0]!,
  lossAfter: losses.at(-1)!,
};
process.stdout.write(`${JSON.stringify(measurement)}\n`);
process.exit();

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function lossOf(metrics: unknown): number | null {
  const { loss } = metrics as { readonly loss?: unknown };
  return typeof loss === 'number' ? loss : null;
}
