// A coordinator in a process of its own, to be attacked: `node attacked-coordinator.js ATTACKED`. Its clients take part
// in each round, and it has places for as many attackers as like to join. It prints a line of JSON once it listens, one
// for each round, with what that measured, and one with its memory each 200 ms.
import { runCoordinator } from '@starling/coordinator';
import type { CohortSampler } from '@starling/population';
import { driftingThreshold, sensors } from '../support/drifting-threshold.js';
import { type Attacked, HONEST, PLACES } from './attacked-run.js';

const { cohort = HONEST, ...options } = JSON.parse(process.argv[2] ?? '{}') as Attacked;
const print = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const first: CohortSampler = {
  name: 'first',
  sample: () => Array.from({ length: cohort }, (_, index) => index),
};

setInterval(() => print({ rss: process.memoryUsage.rss() }), 200).unref();
await runCoordinator({
  run: { process: driftingThreshold(), population: sensors(PLACES), sampler: first, rounds: 1_000_000 },
  minClients: cohort,
  minReports: HONEST,
  watchPort: 0,
  ...options,
  onListen: ({ url }) => print({ url }),
  onRound: ({ round, wallMs, metrics }) => print({ round, wallMs, metrics }),
});
