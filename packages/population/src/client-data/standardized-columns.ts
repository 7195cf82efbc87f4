// Columns on one scale: (x − mean) / stddev in float32, by constants that all clients share or by each client's own. A
// column that does not vary becomes 0.
import { type Dataset, struct, type Tensor, type TensorType, tensorType } from '@starling/federated-core';
import { checkKind, checkOptions, isPlain, kinds } from '@starling/federated-core/plan';
import { type ClientSource, whenThere } from './client-source.js';
import { columnsOf, fieldsOf, numbersOf } from './columns.js';
import {
  type ColumnMoments,
  floatColumns,
  type MomentField,
  type Moments,
  type MomentsOptions,
  momentFields,
  momentsOfRows,
} from './moments.js';

/** By `moments`, which are constants: of these clients, or of others that were trained on. */
export function standardizedColumns(
  source: ClientSource,
  moments: Moments,
  options: MomentsOptions = {},
): ClientSource {
  const action = `Cannot standardize ${source.name}`;
  checkKind(action, 'moments', moments, {
    need: "'by-client' or moments, such as await data.moments()",
    fits: isMoments,
  });
  checkOptions(action, options, { columns: kinds.list });
  const { columns = Object.keys(moments) } = options;
  const fields = momentFields(source, { columns });
  for (const { name, size } of fields) {
    const got = moments[name]?.mean.length ?? 0;
    if (got !== size) {
      throw new RangeError(`${action}: column '${name}' needs ${size} means, got ${got}`);
    }
  }
  return standardized(source, fields, () => moments, options);
}

function isMoments(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !isPlain(value)) return false;
  return Object.values(value).every((own) => Array.isArray(own?.mean) && Array.isArray(own?.stddev));
}

/** By the moments of each client's own rows, which nobody else learns. */
export function standardizedByClient(source: ClientSource, options: MomentsOptions = {}): ClientSource {
  checkOptions(`Cannot standardize ${source.name}`, options, { columns: kinds.list });
  const fields = momentFields(source, options);
  return standardized(source, fields, (dataset) => momentsOfRows(dataset, fields), options);
}

function standardized(
  source: ClientSource,
  fields: readonly MomentField[],
  moments: (dataset: Dataset) => Moments,
  { columns: named }: MomentsOptions,
): ClientSource {
  const names = fields.map(({ name }) => name);
  const isDefault = named === undefined && names.join() === floatColumns(source).join();
  const types = new Map<string, TensorType>(
    fields.map(({ name, type }) => [name, tensorType('float32', type.shape)]),
  );
  const element = Object.entries(fieldsOf(source.element)).map(([name, type]) => [
    name,
    types.get(name) ?? type,
  ]);
  const change = (dataset: Dataset): Dataset => {
    const constants = moments(dataset);
    const columns = columnsOf(dataset);
    const changed = fields.map(({ name }) => [name, scaled(columns[name] as Tensor, constants[name]!)]);
    return { length: dataset.length, columns: { ...columns, ...Object.fromEntries(changed) } };
  };
  return {
    ...source,
    element: struct(Object.fromEntries(element)),
    standardized: isDefault ? names : [],
    rows: (index) => whenThere(source.rows(index), change),
  };
}

function scaled(column: Tensor, { mean, stddev }: ColumnMoments): Tensor<'float32'> {
  const numbers = numbersOf(column);
  const data = new Float32Array(numbers.length);
  const scales = stddev.map((deviation) => (deviation === 0 ? 0 : 1 / deviation));
  for (let at = 0; at < data.length; ) {
    for (let part = 0; part < scales.length; part++, at++) {
      data[at] = ((numbers[at] as number) - (mean[part] as number)) * (scales[part] as number);
    }
  }
  return { dtype: 'float32', shape: column.shape, data };
}
