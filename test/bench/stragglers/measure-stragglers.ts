// Measures one variant of the stragglers' work in this process and prints one JSON line. `stragglers.ts` starts it.
import { inProcessRuntime, runRounds } from '@starling/runtime';
import type { ModelName } from '../configuration.js';
import { processUse } from '../process-use.js';
import { LANE_SIZE, workPopulation, workSampler } from '../work/standard-work.js';
import { stragglerProcess, type Variant } from './straggler-work.js';

export interface StragglerRequest {
  readonly variant: Variant;
  readonly model: ModelName;
  readonly warmup: number;
  readonly rounds: number;
}

export interface StragglerUse {
  readonly cpuMsPerRound: number;
  /** Examples that the rounds trained on, each as often as it was. */
  readonly examples: number;
  /** The sum of squares of the model's weights at the end. */
  readonly squares: number;
}

const { variant, model, warmup, rounds } = JSON.parse(process.argv[2]!) as StragglerRequest;
const cpuMs: number[] = [];
let examples = 0;
const { state } = await runRounds({
  process: stragglerProcess(variant, model),
  laneSize: LANE_SIZE,
  runtime: inProcessRuntime(),
  population: workPopulation(model),
  sampler: workSampler(),
  rounds: warmup + rounds,
  seed: 0,
  onRound: ({ round, metrics }) => {
    examples += (metrics as { readonly examples: number }).examples;
    if (round === warmup || round === warmup + rounds) cpuMs.push(processUse().cpuMs);
  },
});
const weights = state.filter(({ dtype }) => dtype === 'float32').map(({ data }) => data as Float32Array);
const use: StragglerUse = {
  cpuMsPerRound: (cpuMs[1]! - cpuMs[0]!) / rounds,
  examples,
  squares: weights.reduce((sum, data) => data.reduce((total, each) => total + each * each, sum), 0),
};
process.stdout.write(`${JSON.stringify(use)}\n`);
process.exit();
