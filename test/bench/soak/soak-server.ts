// A coordinator that is watched over many rounds: `node --expose-gc soak-server.js LOAD`. It prints what
// `sockets/product-server.js` prints, and samples of its memory after a full collection; at the end what it still holds
// of what it did not hold at the start: descriptors, and timers.
import { readdirSync } from 'node:fs';
import { createOnnxEngine } from '@starling/compute';
import { createServerMetrics, runCoordinator } from '@starling/coordinator';
import { everyoneSampler } from '@starling/population';
import { inProcessRuntime, runRounds } from '@starling/runtime';
import { type SocketLoad, sharedModel, steppers } from '../sockets/socket-work.js';

const load = JSON.parse(process.argv[2]!) as SocketLoad;
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
/** How many samples are taken, at even distances. */
const SAMPLES = 100;
const every = Math.max(1, Math.floor(load.rounds / SAMPLES));

/** What is open now; descriptors are known on Linux alone. */
function held() {
  const descriptors = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
  const timers = process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
  return { descriptors, timers };
}

const metrics = createServerMetrics();
const engine = await createOnnxEngine();
const run = {
  process: sharedModel(load.modelBytes),
  population: steppers(load.clients),
  sampler: everyoneSampler(),
};
// The engine opens files of its own with its first graph.
await runRounds({ ...run, runtime: inProcessRuntime({ engine }), rounds: 1, seed: 1 });
const before = held();
const { state } = await runCoordinator({
  run: { ...run, rounds: load.rounds },
  engine,
  minClients: load.clients,
  minReports: load.clients,
  metrics,
  onListen: ({ url }) => print({ url }),
  onRound({ round, wallMs }) {
    print({ wallMs });
    if (round % every !== 0) return;
    globalThis.gc!();
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    print({ sample: { round, atMs: performance.now(), liveBytes: heapUsed + arrayBuffers, rss, ...held() } });
  },
});
await new Promise((resolve) => setTimeout(resolve, 1000)); // sockets that are closed leave with the next turns
print({
  before,
  after: held(),
  peakMiB: process.resourceUsage().maxRSS / 1024,
  errors: metrics.get('starling_refused_total') + metrics.get('starling_wire_errors_total'),
  accepted: metrics.get('starling_updates_accepted_total'),
  state: Number(state[0]!.data[0]), // all numbers of the model are the same
});
