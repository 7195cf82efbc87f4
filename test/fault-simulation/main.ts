// `npm run simulate-faults`: many simulations of the machines, the wire and the store under faults, by their seeds.
import { parseArgs } from 'node:util';
import { PLANTS, type Plant } from './plants.js';
import { simulate } from './simulate.js';

const HELP = `Usage: npm run simulate-faults -- [options]

  --seeds <n>      how many (default: 2000)
  --from <n>       the first (default: 0)
  --seed <n>       this one alone, and what went wrong in it
  --plant <bug>    with a bug, to see that it is found: ${PLANTS.join(', ')}
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string' },
    plant: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = await main();

async function main(): Promise<number> {
  const plant = (values.plant ?? null) as Plant | null;
  if (plant !== null && !PLANTS.includes(plant)) {
    process.stderr.write(`--plant must be one of ${PLANTS.join(', ')}, got '${plant}'\n`);
    return 2;
  }
  const first = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const began = performance.now();
  const tally = { finished: 0, failed: 0, findings: 0, lives: 0, events: 0, virtualMs: 0 };
  for (let seed = first; seed < first + count; seed++) {
    const { finding, mix, outcome, lives, events, virtualMs } = await simulate(seed, plant);
    tally.lives += lives;
    tally.events += events;
    tally.virtualMs += virtualMs;
    if (outcome !== null) tally[outcome]++;
    if (finding !== null) {
      tally.findings++;
      process.stdout.write(`seed ${seed}: ${finding}\n`);
    }
    if (values.seed !== undefined) {
      process.stdout.write(`${JSON.stringify({ outcome, lives, events, virtualMs, ...mix }, null, 2)}\n`);
    }
  }
  const realMs = performance.now() - began;
  process.stdout.write(
    `${count} simulations: ${tally.finished} runs finished, ${tally.failed} failed as they may, ${tally.findings} findings; ` +
      `${tally.lives - count} restarts, ${tally.events} events, ${(realMs / 1000).toFixed(1)} s, ` +
      `${Math.round(tally.virtualMs / realMs)} times faster than real time\n`,
  );
  return tally.findings > 0 ? 1 : 0;
}
