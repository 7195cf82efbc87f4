// `npm run bench -- --memory`: that memory depends neither on the population nor on the number of rounds, and that the
// CNN stays small. Each check runs in processes of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { table } from '../table.js';
import type { MemoryRequest, MemoryUse } from './measure-memory.js';

interface Check {
  readonly name: string;
  readonly value: string;
  readonly bound: string;
  readonly isMet: boolean;
}

const THOUSAND = 1_000;
const MILLION = 1_000_000;
/** How much larger the memory of a million clients may be than that of a thousand. */
const POPULATION_TOLERANCE = 0.1;
/** How much the memory of a long run may grow after its first tenth. */
const GROWTH_TOLERANCE = 0.1;
const CNN_LIMIT_MIB = 500;

/** Runs all checks and prints them; the exit code is 1 where one fails. */
export async function runMemoryChecks(): Promise<void> {
  const checks = [await populationCheck(), await roundsCheck(), await cnnCheck()];
  const rows = checks.map(({ name, value, bound, isMet }) => [name, value, bound, isMet ? 'met' : 'NOT MET']);
  process.stderr.write(`\n${table(['', 'measured', 'bound', ''], rows)}\n`);
  if (!checks.every(({ isMet }) => isMet)) process.exitCode = 1;
}

async function populationCheck(): Promise<Check> {
  const request = { model: 'lr', clients: THOUSAND, cohort: 100, rounds: 30 } as const;
  const small = await measure(request);
  const large = await measure({ ...request, clients: MILLION });
  const ratio = large.peakMiB / small.peakMiB;
  return {
    name: 'peak memory, 1,000,000 clients ÷ 1,000 clients, cohort 100',
    value: ratio.toFixed(2),
    bound: `≤ ${1 + POPULATION_TOLERANCE}`,
    isMet: ratio <= 1 + POPULATION_TOLERANCE,
  };
}

async function roundsCheck(): Promise<Check> {
  const { samplesMiB } = await measure({ model: 'lr', clients: 200, cohort: 10, rounds: 10_000 });
  const tenth = Math.floor(samplesMiB.length / 10);
  const ratio = samplesMiB.at(-1)! / samplesMiB[tenth]!;
  return {
    name: 'memory after 10,000 rounds ÷ after 1,000 rounds',
    value: ratio.toFixed(2),
    bound: `≤ ${1 + GROWTH_TOLERANCE}`,
    isMet: ratio <= 1 + GROWTH_TOLERANCE,
  };
}

async function cnnCheck(): Promise<Check> {
  const { peakMiB } = await measure({ model: 'cnn-dropout', clients: 200, cohort: 10, rounds: 20 });
  return {
    name: 'peak memory of the CNN on 2 workers, MiB',
    value: peakMiB.toFixed(0),
    bound: `< ${CNN_LIMIT_MIB}`,
    isMet: peakMiB < CNN_LIMIT_MIB,
  };
}

async function measure(request: MemoryRequest): Promise<MemoryUse> {
  const script = fileURLToPath(new URL('./measure-memory.js', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`Cannot measure memory: ${JSON.stringify(request)} ended with ${code}`);
  const use = JSON.parse(output) as MemoryUse;
  process.stdout.write(`${JSON.stringify({ ...request, ...use })}\n`);
  return use;
}
