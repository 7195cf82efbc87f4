// Opens one file and goes through some or all of its clients, and prints what that took of one core, which is what a
// clock shows where nothing else runs. Started by `readers.ts`.
import { readLeaf, readParquet, readSqlite } from '@starling/data';
import { seedFrom } from '@starling/federated-core';
import { type ClientData, uniformSampler } from '@starling/population';
import { processUse } from '../process-use.js';

export interface ReaderRequest {
  readonly reader: 'parquet' | 'leaf' | 'sqlite';
  readonly path: string;
}

export interface ReaderUse {
  readonly openMs: number;
  readonly clients: number;
  readonly rows: number;
  /** Of cohorts of 100 clients, in the order of rounds; of a LEAF file, of all clients one after the other. */
  readonly loadMs: readonly number[];
  readonly peakMiB: number;
}

const COHORT = 100;
const COHORTS = 21;

const { reader, path } = JSON.parse(process.argv[2]!) as ReaderRequest;
const began = processUse().cpuMs;
const data = await open();
const openMs = processUse().cpuMs - began;
const loadMs: number[] = [];
for (const clients of passes()) {
  const start = processUse().cpuMs;
  for (const client of clients) await data.rows(client);
  loadMs.push(processUse().cpuMs - start);
}
let rows = 0;
for (let client = 0; client < data.size; client++) rows += data.exampleCount(client);
const { peakMemoryMiB: peakMiB } = processUse();
const use: ReaderUse = { openMs, clients: data.size, rows, loadMs, peakMiB };
process.stdout.write(`${JSON.stringify(use)}\n`);

function open(): Promise<ClientData> {
  switch (reader) {
    case 'parquet':
      return readParquet(path, { client: 'origin', columns: ['date', 'delay', 'distance'] });
    case 'leaf':
      return readLeaf(path, { cacheBytes: 0 });
    case 'sqlite':
      return readSqlite(path);
    default:
      return reader satisfies never;
  }
}

function passes(): readonly Iterable<number>[] {
  if (reader === 'leaf') return [Array.from({ length: data.size }, (_, client) => client)];
  const sampler = uniformSampler({ cohortSize: COHORT });
  return Array.from({ length: COHORTS }, (_, at) =>
    sampler.sample({ round: at + 1, seed: seedFrom(1), populationSize: data.size }),
  );
}
