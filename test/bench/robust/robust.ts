// `npm run bench -- --robust`: the server's rules over single updates, 100 clients of a million numbers each, beside
// numpy on the same numbers. Each line has the median of a few turns, from the last update to the aggregate: on the
// clock, and of the processor, over all threads, which other work on the machine does not lengthen.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { float32, generator, seedFrom, struct, type Tensor } from '@starling/federated-core';
import { type Aggregation, createReduction, plainVectors } from '@starling/federated-core/plan';
import { serverRows } from '@starling/runtime/phases';
import { root } from '../../support/repository.js';
import { median } from '../median.js';

const CLIENTS = 100;
const NUMBERS = 1_000_000;
const TURNS = 3;

const parts = { update: struct([float32(NUMBERS), float32()]), result: float32(NUMBERS) } as const;
const rules: Readonly<Record<string, Aggregation<never>>> = {
  median: { kind: 'median', ...parts },
  'trimmed mean': { kind: 'trimmed-mean', ...parts, settings: { trim: 20, trimShare: undefined } },
  krum: { kind: 'krum', ...parts, settings: { faulty: 20, faultyShare: undefined, keep: 1 } },
  'geometric median': { kind: 'geometric-median', ...parts, settings: { smoothing: 1e-6, weighted: false } },
};

/** Prints a JSON line for each rule and contender, and a table on stderr. */
export async function runRobust(): Promise<void> {
  const updates = drawn();
  const ours = new Map<string, Took>();
  const aggregates = new Map<string, Float32Array>();
  for (const [rule, aggregation] of Object.entries(rules)) {
    const turns: Took[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      const reduction = createReduction(aggregation, never, plainVectors, serverRows());
      let accumulator = await reduction.zero();
      for (const update of updates) accumulator = await reduction.accumulate(accumulator, update);
      const [start, used] = [performance.now(), process.cpuUsage()];
      const [aggregate] = await reduction.report(accumulator);
      const { user, system } = process.cpuUsage(used);
      turns.push({ ms: performance.now() - start, processorMs: (user + system) / 1000 });
      aggregates.set(rule, aggregate!.data as Float32Array);
    }
    const took = {
      ms: median(turns.map(({ ms }) => ms)),
      processorMs: median(turns.map(({ processorMs }) => processorMs)),
    };
    ours.set(rule, took);
    printLine(rule, 'starling', took);
  }
  const theirs = numpyTimes(updates, aggregates);
  for (const [rule, took] of Object.entries(theirs)) printLine(rule, 'numpy', took);
  const seconds = (ms: number | undefined): string =>
    ms === undefined ? '–' : `${(ms / 1000).toFixed(2)} s`;
  const rows = Object.keys(rules).map((rule) => {
    const took = [ours.get(rule), theirs[rule]].flatMap((one) => [one?.ms, one?.processorMs]);
    return `| ${rule} | ${took.map(seconds).join(' | ')} |`;
  });
  const head = `${CLIENTS} clients, ${NUMBERS} numbers each, ${availableParallelism()} cores`;
  process.stderr.write(
    `\n${head}\n\n| rule | starling | of the processor | numpy | of the processor |\n|---|---|---|---|---|\n${rows.join('\n')}\n`,
  );
}

/** How long a turn took. */
interface Took {
  readonly ms: number;
  readonly processorMs: number;
}

function printLine(rule: string, contender: string, { ms, processorMs }: Took): void {
  const line = { rule, contender, ms: Math.round(ms), processorMs: Math.round(processorMs) };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Uniform numbers from a seed, the same for both. */
function drawn(): readonly (readonly Tensor[])[] {
  const random = generator(seedFrom(1));
  return Array.from({ length: CLIENTS }, () => [
    {
      dtype: 'float32',
      shape: [NUMBERS],
      data: Float32Array.from({ length: NUMBERS }, () => random.uniform() - 0.5),
    },
    { dtype: 'float32', shape: [], data: Float32Array.of(1) },
  ]);
}

/** What numpy takes, by rule; nothing without it. Throws if what it finds is not what Starling found. */
function numpyTimes(
  updates: readonly (readonly Tensor[])[],
  aggregates: ReadonlyMap<string, Float32Array>,
): Readonly<Record<string, Took>> {
  const folder = mkdtempSync(join(tmpdir(), 'starling-robust-'));
  try {
    const rows = Buffer.concat(updates.map(([value]) => bytesOf(value!.data as Float32Array)));
    writeFileSync(join(folder, 'rows.f32'), rows);
    for (const [rule, found] of aggregates) writeFileSync(join(folder, `${rule}.f32`), bytesOf(found));
    const script = join(root, 'test', 'bench', 'robust', 'rules_in_numpy.py');
    const output = execFileSync('python3', [script, folder, String(CLIENTS), String(TURNS)], {
      encoding: 'utf8',
    });
    return JSON.parse(output) as Readonly<Record<string, Took>>;
  } catch (error) {
    process.stderr.write(`numpy: left out, ${error instanceof Error ? error.message : error}\n`);
    return {};
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

const never = () => {
  throw new Error('Cannot run a graph: these rules have none');
};
