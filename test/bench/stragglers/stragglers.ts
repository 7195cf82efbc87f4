// `npm run bench -- --stragglers`: what FedProx with 90 % stragglers costs when each client's number of epochs is its
// own, and when all walk ten epochs and mask what is too much. Processor time, in turns: A B A B.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { defaultRounds, type ModelName } from '../configuration.js';
import { median } from '../median.js';
import { table } from '../table.js';
import type { StragglerRequest, StragglerUse } from './measure-stragglers.js';
import { VARIANTS, type Variant } from './straggler-work.js';

/** How many times more processor time masked steps must take. */
const BOUND = 1.5;
/** How far the two trained models may be apart: their sums of squares, relative. */
const TOLERANCE = 1e-3;

export interface StragglerOptions {
  readonly turns: number;
  readonly rounds?: number | undefined;
}

/** Measures both variants for each model and prints their ratio; the exit code is 1 if one is below the bound. */
export async function runStragglers(models: readonly ModelName[], options: StragglerOptions): Promise<void> {
  const rows: (readonly string[])[] = [];
  for (const model of models) {
    const rounds = options.rounds ?? Math.ceil(defaultRounds(model, 'onnx').rounds / 10);
    const uses: Record<Variant, StragglerUse[]> = { 'own epochs': [], 'masked steps': [] };
    for (let turn = 0; turn < options.turns; turn++) {
      for (const variant of VARIANTS)
        uses[variant].push(await measure({ variant, model, warmup: 2, rounds }));
    }
    checkSameWork(model, uses);
    const [own, masked] = VARIANTS.map((variant) => median(uses[variant].map((use) => use.cpuMsPerRound)));
    const ratios = uses['masked steps'].map(
      (use, turn) => use.cpuMsPerRound / uses['own epochs'][turn]!.cpuMsPerRound,
    );
    const ratio = median(ratios);
    if (ratio < BOUND) process.exitCode = 1;
    rows.push([model, own!.toFixed(1), masked!.toFixed(1), ratio.toFixed(2), `≥ ${BOUND}`]);
  }
  const head = ['model', 'own epochs, CPU ms a round', 'masked steps', 'ratio (median of pairs)', 'bound'];
  process.stderr.write(`\n${table(head, rows)}\n`);
}

/** A saving on other work is none: both train on as many examples, to the same weights. */
function checkSameWork(model: ModelName, uses: Readonly<Record<Variant, readonly StragglerUse[]>>): void {
  const [own, masked] = VARIANTS.map((variant) => uses[variant][0]!) as [StragglerUse, StragglerUse];
  if (own.examples === masked.examples && Math.abs(own.squares / masked.squares - 1) < TOLERANCE) return;
  throw new Error(
    `Cannot compare on ${model}: both variants must do the same work, got ${JSON.stringify([own, masked])}`,
  );
}

async function measure(request: StragglerRequest): Promise<StragglerUse> {
  const script = fileURLToPath(new URL('./measure-stragglers.js', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`Cannot measure stragglers: ${JSON.stringify(request)} ended with ${code}`);
  const use = JSON.parse(output) as StragglerUse;
  process.stdout.write(`${JSON.stringify({ ...request, ...use })}\n`);
  return use;
}
