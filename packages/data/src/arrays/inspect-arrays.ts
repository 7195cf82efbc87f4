// What arrays in a file hold: those of an archive of numpy, or the one of an `.npy` or IDX file.
import { basename, extname } from 'node:path';
import { type Tensor, tensorType } from '@starling/federated-core';
import { typeCode } from '../columns/column-type.js';
import { tableColumns } from '../columns/table-columns.js';
import { FileError } from '../errors/file-error.js';
import { bareName, dataFile } from '../files/data-file.js';
import { type ColumnReport, clientsReport, type DataReport } from '../inspect/data-report.js';
import { readNpy } from './npy.js';
import { readArray } from './read-arrays.js';
import { npzEntries } from './read-npz.js';

/** Throws a `FileError` if it is no such file, or has no array `client`. */
export async function inspectArrays(
  path: string,
  options: { readonly client?: string } = {},
): Promise<DataReport> {
  const isArchive = extname(path).toLowerCase() === '.npz';
  const arrays = isArchive ? await arraysOf(path) : new Map([[bareName(path), readArray({ path }).array]]);
  tableColumns(path, [...arrays.keys()], options);
  const [name, first] = [...arrays].find(([, { shape }]) => shape.length > 0) ?? [];
  if (first === undefined) {
    throw new FileError({
      path,
      need: 'must have an array with a row for each example',
      got: arrays.size === 0 ? 'none' : 'scalars alone',
      remedy: 'Check how it was made.',
    });
  }
  const rows = first.shape[0] as number;
  if (rows === 0) {
    throw new FileError({
      path,
      column: name as string,
      need: 'must have rows',
      got: `none, of shape [${first.shape}]`,
      remedy: 'Check how it was made.',
    });
  }
  const owners = options.client === undefined ? undefined : arrays.get(options.client);
  return {
    path,
    format: isArchive ? 'npz' : 'array',
    bytes: dataFile(path).bytes,
    rows,
    columns: [...arrays].map(([name, array]) => columnOf(name, array, rows)),
    clients: owners === undefined ? null : clientsOf(options.client as string, owners),
  };
}

async function arraysOf(path: string): Promise<ReadonlyMap<string, Tensor>> {
  const { entries } = await npzEntries(path);
  return new Map(
    Object.entries(entries).map(([entry, bytes]) => {
      const name = basename(entry, '.npy');
      return [name, readNpy({ path, column: name }, bytes)];
    }),
  );
}

function columnOf(name: string, { dtype, shape, data }: Tensor, rows: number): ColumnReport {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let missing = 0;
  for (const value of data as Float64Array) {
    if (Number.isNaN(value)) missing++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return {
    name,
    type: typeCode(tensorType(dtype, shape.slice(1))),
    missing,
    distinct: null,
    min: min <= max ? min : null,
    max: min <= max ? max : null,
    examples: [],
    note: noteOn(name, shape, missing, rows),
  };
}

/** What a reader would refuse, or a model would choke on. */
function noteOn(name: string, shape: Tensor['shape'], missing: number, rows: number): string | null {
  const [own] = shape;
  if (own === undefined) return `${name} is a scalar, without rows: leave it out of columns`;
  if (own !== rows) {
    return `${name} has ${own} row${own === 1 ? '' : 's'}, and the first array ${rows}: leave it out of columns`;
  }
  if (missing === 0) return null;
  return `${name} has ${missing} NaN, which a reader takes as they are: training on one makes all weights NaN`;
}

function clientsOf(name: string, { data }: Tensor): DataReport['clients'] {
  const counts = new Map<string, number>();
  for (const value of data as Int32Array) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  const ids = [...counts.keys()];
  return clientsReport(name, { ids, rowCount: (client) => counts.get(ids[client] as string) as number });
}
