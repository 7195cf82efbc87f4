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
  const seeds = countOf('seeds', values.seeds);
  const from = countOf('from', values.from);
  const seed = values.seed === undefined ? undefined : countOf('seed', values.seed);
  if (seeds === null || from === null || seed === null) return 2;
  const first = seed ?? from;
  const count = seed === undefined ? seeds : 1;
  const began = performance.now();
  const worked = process.cpuUsage();
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
  const virtualS = tally.virtualMs / 1000;
  const wallS = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(worked);
  const processorS = (user + system) / 1e6;
  process.stdout.write(
    `${count} simulations: ${tally.finished} runs finished, ${tally.failed} failed as they may, ${tally.findings} findings; ` +
      `${tally.lives - count} restarts, ${tally.events} events\n` +
      `${virtualS.toFixed(1)} s of virtual time in ${wallS.toFixed(1)} s of wall time (${faster(virtualS, wallS)}), ` +
      `${processorS.toFixed(1)} s of processor time (${faster(virtualS, processorS)})\n`,
  );
  return tally.findings > 0 ? 1 : 0;
}

function faster(virtualS: number, realS: number): string {
  return `${Math.round(virtualS / realS).toLocaleString('en')} times faster than real time`;
}

/** `null` if it is not a count: that is said, and nothing is simulated. */
function countOf(option: string, text: string): number | null {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  process.stderr.write(`--${option} must be a whole number from 0, got '${text}'\n`);
  return null;
}
