// Measures one configuration in this process and prints one JSON line. `child.ts` starts it.
import { runRounds } from '@starling/runtime';
import type { Configuration, Measurement } from './configuration.js';
import { median } from './median.js';
import type { ProcessUse } from './process-use.js';
import { makeRuntime } from './runtimes.js';
import { LANE_SIZE, workPopulation, workProcess, workSampler } from './work/standard-work.js';

const configuration = JSON.parse(process.argv[2]!) as Configuration;
const { model, warmup, rounds } = configuration;

const beforeData = performance.now();
const population = workPopulation(model);
const dataMs = performance.now() - beforeData;

/** When each round ended, in milliseconds since the process started. */
const ends: number[] = [];
/** What had been used when the timed rounds began, and when they ended. */
const uses: ProcessUse[] = [];
const losses: (number | null)[] = [];

const { runtime, use } = makeRuntime(configuration);
await runRounds({
  process: workProcess(model),
  laneSize: LANE_SIZE,
  runtime,
  population,
  sampler: workSampler(),
  rounds: warmup + rounds,
  seed: 0,
  engine: configuration.engine,
  onRound: async ({ round, metrics }) => {
    ends.push(performance.now());
    losses.push(lossOf(metrics));
    if (round === warmup || round === warmup + rounds) uses.push(await use());
  },
});

const [before, after] = uses as [ProcessUse, ProcessUse];
const spans = ends.slice(warmup).map((end, index) => end - ends[warmup + index - 1]!);
const measurement: Measurement = {
  version: `Node.js ${process.versions.node}`,
  rounds,
  medianRoundMs: median(spans),
  bestRoundMs: Math.min(...spans),
  cpuMsPerRound: (after.cpuMs - before.cpuMs) / rounds,
  peakMemoryMiB: after.peakMemoryMiB,
  firstRoundMs: ends[0]! - dataMs,
  lossBefore: losses[0]!,
  lossAfter: losses.at(-1)!,
};
process.stdout.write(`${JSON.stringify(measurement)}\n`);
process.exit();

function lossOf(metrics: unknown): number | null {
  const { loss } = metrics as { readonly loss?: unknown };
  return typeof loss === 'number' ? loss : null;
}
