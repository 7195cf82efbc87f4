// What the clients of a pipeline hold: each split as a table for statistics and as rows for models. One population
// serves every node, so that a client joins once and stays for the whole pipeline.
import { createHash } from 'node:crypto';
import { type StructType, sequence, struct, type Value } from '@starling/federated-core';
import { flatten } from '@starling/federated-core/plan';
import {
  fingerprintOf,
  type Population,
  type TableColumns,
  type Tables,
  tableData,
  tablePopulation,
} from '@starling/population';
import { rowsOf, rowType } from './row-data.js';

/** Parts of the rows: models learn from one and are judged by the other. */
export const SPLITS = ['train', 'eval'] as const;
export type Split = (typeof SPLITS)[number];

export type SplitTables = Readonly<Record<Split, Tables>>;

/** `{ train: { table, rows }, eval: { table, rows } }`. */
export function exampleData(columns: TableColumns): StructType {
  const split = struct({ table: tableData(columns), rows: sequence(rowType(columns)) });
  return struct({ train: split, eval: split });
}

/** Encoded once and kept, since each node asks again. */
export function examplePopulation({ train, eval: evaluation }: SplitTables): Population {
  const { columns, size } = train;
  const encoded = { train: tablePopulation(train), eval: tablePopulation(evaluation) };
  const tables: SplitTables = { train, eval: evaluation };
  const kept = new Map<number, Promise<Value>>();
  const loadSplit = async (split: Split, index: number) => ({
    table: await encoded[split].load(index),
    rows: rowsOf(await tables[split].table(index), columns),
  });
  const load = async (index: number): Promise<Value> =>
    ({ train: await loadSplit('train', index), eval: await loadSplit('eval', index) }) as unknown as Value;
  const population = {
    name: train.name.replace(/ train$/, ''),
    size,
    dataType: exampleData(columns),
    clientId: (index: number) => train.clientId(index),
    exampleCount: (index: number) => train.rowCount(index),
    load: (index: number) => {
      const before = kept.get(index) ?? load(index);
      kept.set(index, before);
      return before;
    },
  };
  return { ...population, fingerprint: () => fingerprintOf(population, train.fingerprint) };
}

/** A hash over the names and the data of all clients. */
export async function contentHash(population: Population): Promise<string> {
  const hash = createHash('sha256');
  for (let index = 0; index < population.size; index++) {
    hash.update(`${population.clientId(index)}\n`);
    for (const { dtype, shape, data } of flatten(population.dataType, await population.load(index))) {
      hash.update(`${dtype}[${shape}]\n`);
      const { buffer, byteOffset, byteLength } = data as Uint8Array;
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  return hash.digest('hex');
}
