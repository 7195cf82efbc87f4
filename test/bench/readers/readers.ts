// `npm run bench -- --readers`: that large files are ready in seconds of one core, and cost no memory of their size:
// three million rows of Parquet, LEAF's JSON of 200 MB, and 100,000 clients of a SQLite file. Each in a process of
// its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '../median.js';
import { table } from '../table.js';
import { writeFedJax, writeLeaf } from './made-files.js';
import type { ReaderRequest, ReaderUse } from './measure-reader.js';

interface Check {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bound: number;
}

/** How much more memory four times the file may take: what is read is let go when Node sees fit. */
const GROWTH = 1.5;

/** Prints each measurement, and a row for each bound; the exit code is 1 if one is not met. */
export async function runReaders(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'starling-readers-'));
  try {
    const checks = [...(await parquet()), ...(await leaf(folder)), ...(await sqlite(folder))];
    const rows = checks.map(({ name, value, unit, bound }) => [
      name,
      `${value.toPrecision(3)} ${unit}`,
      `< ${bound} ${unit}`,
      value < bound ? 'met' : 'NOT MET',
    ]);
    process.stderr.write(`\n${table(['', 'measured', 'bound', ''], rows)}\n`);
    if (!checks.every(({ value, bound }) => value < bound)) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function parquet(): Promise<readonly Check[]> {
  const simulations = createRequire(
    createRequire(import.meta.url).resolve('@starling/simulations/package.json'),
  );
  const path = join(dirname(simulations.resolve('vega-datasets')), '../data/flights-3m.parquet');
  const { openMs, peakMiB } = await measure({ reader: 'parquet', path });
  return [
    { name: 'Parquet of 3,000,000 rows: ready', value: openMs / 1000, unit: 's', bound: 10 },
    { name: 'the same: peak memory', value: peakMiB, unit: 'MiB', bound: 600 },
  ];
}

async function leaf(folder: string): Promise<readonly Check[]> {
  const [small, large] = [825, 3300].map((users) => {
    const path = join(folder, `leaf-${users}.json`);
    writeLeaf(path, users);
    return path;
  });
  const few = await measure({ reader: 'leaf', path: small! });
  const many = await measure({ reader: 'leaf', path: large! });
  const megabytes = Math.round(statSync(large!).size / 1e6);
  return [
    {
      name: `LEAF of ${megabytes} MB: peak memory ÷ that of a quarter`,
      value: many.peakMiB / few.peakMiB,
      unit: '',
      bound: GROWTH,
    },
  ];
}

async function sqlite(folder: string): Promise<readonly Check[]> {
  const path = join(folder, 'clients.sqlite');
  writeFedJax(path, 100_000);
  const { openMs, loadMs } = await measure({ reader: 'sqlite', path });
  return [
    { name: 'SQLite of 100,000 clients: open', value: openMs, unit: 'ms', bound: 1000 },
    { name: 'the same: a cohort of 100', value: median(loadMs), unit: 'ms', bound: 50 },
  ];
}

async function measure(request: ReaderRequest): Promise<ReaderUse> {
  const script = fileURLToPath(new URL('./measure-reader.js', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`Cannot measure a reader: ${JSON.stringify(request)} ended with ${code}`);
  const use = JSON.parse(output) as ReaderUse;
  process.stdout.write(`${JSON.stringify({ reader: request.reader, ...use })}\n`);
  return use;
}
