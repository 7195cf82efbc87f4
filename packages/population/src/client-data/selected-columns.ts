// Columns by new names, and several numeric columns as one vector: how a table becomes features and labels.
import { type Dataset, float32, struct, type Tensor, type TensorType } from '@starling/federated-core';
import { warnOnce } from '@starling/federated-core/plan';
import { type ClientSource, whenThere } from './client-source.js';
import { checkNumeric, columnsOf, fieldNamed, fieldsOf, numbersOf, rowSize } from './columns.js';

/** For each new column the name of one that is kept as it is, or names of columns to be one float32 vector. */
export type ColumnSelection = Readonly<Record<string, string | readonly string[]>>;

/**
 * The columns of `selection`, in its order. A list gives a float32 vector of all numbers of its columns, side by side.
 * Throws a `RangeError` for a column that is not there, or that a list names and that holds no numbers.
 */
export function selectedColumns(source: ClientSource, selection: ColumnSelection): ClientSource {
  const action = `Cannot select columns of ${source.name}`;
  const entries = Object.entries(selection);
  const type = (name: string): TensorType => fieldNamed(action, source.element, name);
  const types = entries.map(([field, wanted]): readonly [string, TensorType] => {
    if (typeof wanted === 'string') return [field, type(wanted)];
    for (const name of wanted) checkNumeric(action, name, type(name), source);
    warnOfScales(source, field, wanted);
    return [field, float32(wanted.reduce((size, name) => size + rowSize(type(name)), 0))];
  });
  const change = (dataset: Dataset): Dataset => {
    const columns = columnsOf(dataset);
    const selected = entries.map(([field, wanted]): readonly [string, Tensor] => [
      field,
      typeof wanted === 'string'
        ? (columns[wanted] as Tensor)
        : sideBySide(
            wanted.map((name) => columns[name] as Tensor),
            dataset.length,
          ),
    ]);
    return { length: dataset.length, columns: Object.fromEntries(selected) };
  };
  return {
    ...source,
    element: struct(Object.fromEntries(types)),
    meanings: Object.fromEntries(
      entries.flatMap(([field, wanted]) => {
        const meaning = typeof wanted === 'string' ? source.meanings?.[wanted] : undefined;
        return meaning === undefined ? [] : [[field, meaning] as const];
      }),
    ),
    standardized: [],
    rows: (index) => whenThere(source.rows(index), change),
  };
}

/** Warns where a vector has whole numbers as they were beside columns that were standardized without being named. */
function warnOfScales(
  { name, element, meanings = {}, standardized = [] }: ClientSource,
  field: string,
  wanted: readonly string[],
): void {
  if (!wanted.some((column) => standardized.includes(column))) return;
  const isWhole = (column: string): boolean => fieldsOf(element)[column]?.dtype === 'int32';
  const left = wanted.filter((column) => isWhole(column) && meanings[column] === undefined);
  if (left.length === 0) return;
  const columns = wanted.filter((column) => standardized.includes(column) || left.includes(column));
  warnOnce(
    `${field} of ${name} has ${left.join(', ')} as ${left.length === 1 ? 'it was' : 'they were'} beside standardized columns: standardize takes columns of floats, and int32 ones where they are named, columns: [${columns.map((column) => `'${column}'`).join(', ')}]`,
  );
}

/** Row by row the numbers of each column, in float32. */
function sideBySide(columns: readonly Tensor[], length: number): Tensor<'float32'> {
  const sizes = columns.map(({ shape }) => shape.slice(1).reduce((size, dimension) => size * dimension, 1));
  const width = sizes.reduce((sum, size) => sum + size, 0);
  const data = new Float32Array(length * width);
  let offset = 0;
  columns.forEach((column, position) => {
    const size = sizes[position] as number;
    const numbers = numbersOf(column);
    for (let row = 0; row < length; row++) {
      for (let part = 0; part < size; part++) {
        data[row * width + offset + part] = numbers[row * size + part] as number;
      }
    }
    offset += size;
  });
  return { dtype: 'float32', shape: [length, width], data };
}
