// Clients in a process of their own, for tests that kill it: `node client-process.js URL SIZE INDEX …`, clients of the
// sensors of a population of that size. It prints a line once all of them are ready.
import { startClients } from '@starling/client';
import { sensors } from './drifting-threshold.js';

const [url, size, ...indices] = process.argv.slice(2) as [string, string, ...string[]];
/** Where they keep what a plan has them keep. */
const keep = process.env['STARLING_TEST_KEEP'];
const WORK_MS = 20; // so that most kills are in the middle of work
const POLL_MS = 5;

const population = sensors(Number(size));
const { clients, finished } = await startClients({
  url,
  population: {
    ...population,
    async load(index) {
      await new Promise((resolve) => setTimeout(resolve, WORK_MS));
      return population.load(index);
    },
  },
  clients: indices.map(Number),
  backOff: { baseMs: 20, maxMs: 100 },
  ...(keep !== undefined && { keep }),
});
while (clients.some(({ state }) => state !== 'ready'))
  await new Promise((resolve) => setTimeout(resolve, POLL_MS));
process.stdout.write('ready\n');
await finished;
