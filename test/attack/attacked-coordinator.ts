// A coordinator in a process of its own, to be attacked: `node attacked-coordinator.js`. It serves `HONEST` clients
// that take part in each round, and has places for as many attackers as like to join. It prints a line of JSON once it
// listens, one for each round, and one with its memory each 200 ms.
import { runCoordinator } from '@starling/coordinator';
import type { CohortSampler } from '@starling/population';
import { driftingThreshold, sensors } from '../support/drifting-threshold.js';
import { HONEST, PLACES } from './attacked-run.js';

const [token] = process.argv.slice(2);
const print = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const honest: CohortSampler = {
  name: 'honest',
  sample: () => Array.from({ length: HONEST }, (_, index) => index),
};

setInterval(() => print({ rss: process.memoryUsage.rss() }), 200).unref();
await runCoordinator({
  run: { process: driftingThreshold(), population: sensors(PLACES), sampler: honest, rounds: 1_000_000 },
  minClients: HONEST,
  minReports: HONEST,
  watchPort: 0,
  ...(token !== undefined && { token }),
  onListen: ({ url }) => print({ url }),
  onRound: ({ wallMs }) => print({ wallMs }),
});
