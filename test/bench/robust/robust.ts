// `npm run bench -- --robust`: the server's rules over single updates, 100 clients of a million numbers each, beside
// numpy on the same numbers. Each line has the median of a few turns, from the last update to the aggregate.
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
  const ours = new Map<string, number>();
  const aggregates = new Map<string, Float32Array>();
  for (const [rule, aggregation] of Object.entries(rules)) {
    const times: number[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      const reduction = createReduction(aggregation, never, plainVectors, serverRows());
      let accumulator = await reduction.zero();
      for (const update of updates) accumulator = await reduction.accumulate(accumulator, update);
      const start = performance.now();
      const [aggregate] = await reduction.report(accumulator);
      times.push(performance.now() - start);
      aggregates.set(rule, aggregate!.data as Float32Array);
    }
    ours.set(rule, median(times));
    process.stdout.write(
      `${JSON.stringify({ rule, contender: 'starling', ms: Math.round(median(times)) })}\n`,
    );
  }
  const theirs = numpyTimes(updates, aggregates);
  for (const [rule, ms] of Object.entries(theirs)) {
    process.stdout.write(`${JSON.stringify({ rule, contender: 'numpy', ms: Math.round(ms) })}\n`);
  }
  const rows = Object.keys(rules).map((rule) => {
    const numpy = theirs[rule] === undefined ? '–' : `${(theirs[rule] / 1000).toFixed(2)} s`;
    return `| ${rule} | ${(ours.get(rule)! / 1000).toFixed(2)} s | ${numpy} |`;
  });
  const head = `${CLIENTS} clients, ${NUMBERS} numbers each, ${availableParallelism()} cores`;
  process.stderr.write(`\n${head}\n\n| rule | starling | numpy |\n|---|---|---|\n${rows.join('\n')}\n`);
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
): Readonly<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'starling-robust-'));
  try {
    const rows = Buffer.concat(updates.map(([value]) => bytesOf(value!.data as Float32Array)));
    writeFileSync(join(folder, 'rows.f32'), rows);
    for (const [rule, found] of aggregates) writeFileSync(join(folder, `${rule}.f32`), bytesOf(found));
    const script = join(root, 'test', 'bench', 'robust', 'rules_in_numpy.py');
    const output = execFileSync('python3', [script, folder, String(CLIENTS), String(TURNS)], {
      encoding: 'utf8',
    });
    return JSON.parse(output) as Readonly<Record<string, number>>;
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
