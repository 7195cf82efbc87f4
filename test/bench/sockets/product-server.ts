// A coordinator in a process of its own: `node product-server.js LOAD`. A line of JSON says where it listens, when all
// clients are ready, and what each round took; the last one what it has used and what came of it.
import { createServerMetrics, runCoordinator } from '@starling/coordinator';
import { everyoneSampler } from '@starling/population';
import { type SocketLoad, sharedModel, steppers } from './socket-work.js';

const load = JSON.parse(process.argv[2]!) as SocketLoad;
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const metrics = createServerMetrics();
const watching = setInterval(() => {
  if (metrics.get('starling_clients') < load.clients) return;
  clearInterval(watching);
  print({ joined: true });
}, 10);

const { state } = await runCoordinator({
  run: {
    process: sharedModel(load.modelBytes),
    population: steppers(load.clients),
    sampler: everyoneSampler(),
    rounds: load.rounds,
  },
  minClients: load.clients,
  minReports: load.clients,
  metrics,
  onListen: ({ url }) => print({ url }),
  onRound: ({ wallMs }) => print({ wallMs }),
});
clearInterval(watching);
print({
  peakMiB: process.resourceUsage().maxRSS / 1024,
  errors: metrics.get('starling_refused_total') + metrics.get('starling_wire_errors_total'),
  accepted: metrics.get('starling_updates_accepted_total'),
  state: Number(state[0]!.data[0]), // all numbers of the model are the same
});
