// `npm run bench -- --tiny`: how many clients a second answer a question whose work takes a moment, in process and on
// two threads. Each measurement runs in a process of its own; that both end in the same bits is checked.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { table } from '../table.js';
import type { TinyRequest, TinyUse } from './measure-tiny.js';
import { QUESTIONS } from './tiny-questions.js';

const CLIENTS = 100_000;
/** Clients a second, in process, that say whether their one number is above a threshold. */
const BOUND = 700_000;
const WARM_UP = 4;

/** Prints a row for each question and runtime; the exit code is 1 if a rate is below its bound. */
export async function runTiny(rounds: number, workers: number): Promise<void> {
  const rows: (readonly string[])[] = [];
  for (const question of QUESTIONS) {
    const hashes = new Set<string>();
    for (const runtime of ['in-process', 'threads'] as const) {
      const request = { question, runtime, workers, clients: CLIENTS, rounds, warmup: WARM_UP };
      const use = await measure(request);
      hashes.add(use.stateHash);
      const isBound = runtime === 'in-process' && question === 'threshold';
      if (isBound && use.clientsPerSecond < BOUND) process.exitCode = 1;
      const name = `${question}, ${runtime}${runtime === 'threads' ? ` ×${workers}` : ''}`;
      const numbers = [use.medianRoundMs.toFixed(0), Math.round(use.clientsPerSecond).toLocaleString('en')];
      const bound = isBound ? `≥ ${BOUND.toLocaleString('en')}` : '';
      rows.push([name, ...numbers, use.cpuMicrosPerClient.toFixed(2), bound]);
    }
    if (hashes.size > 1) throw new Error(`Cannot compare on ${question}: need one state, got ${[...hashes]}`);
  }
  const head = [
    `${CLIENTS.toLocaleString('en')} clients`,
    'median ms',
    'clients/s',
    'CPU µs a client',
    'bound',
  ];
  process.stderr.write(`\n${table(head, rows)}\n`);
}

async function measure(request: TinyRequest): Promise<TinyUse> {
  const script = fileURLToPath(new URL('./measure-tiny.js', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`Cannot measure: ${JSON.stringify(request)} ended with ${code}`);
  const use = JSON.parse(output) as TinyUse;
  process.stdout.write(`${JSON.stringify({ ...request, ...use })}\n`);
  return use;
}
