// Means and standard deviations of columns over all clients, from what a client could send and a secure sum could add:
// first the count and the sum, then, with the mean at hand, the sum of squared distances from it. The two passes keep
// the digits that a sum of squares loses (Chan, Golub, LeVeque, "Algorithms for Computing the Sample Variance", The
// American Statistician 1983).
import type { Dataset, Tensor, TensorType } from '@starling/federated-core';
import { checkOptions, kinds } from '@starling/federated-core/plan';
import type { ClientSource } from './client-source.js';
import { checkNumeric, columnsOf, fieldNamed, fieldsOf, numbersOf, rowSize } from './columns.js';

export interface ColumnMoments {
  /** Rows, over all clients. */
  readonly count: number;
  /** One number for each number of a row: one of a scalar column. */
  readonly mean: readonly number[];
  /** Of the population (divided by the count), not of a sample. */
  readonly stddev: readonly number[];
}

/** By column. Plain data: it can be kept as JSON, and sent to clients that hold further rows. */
export type Moments = Readonly<Record<string, ColumnMoments>>;

export interface MomentsOptions {
  /** All columns of floats by default. */
  readonly columns?: readonly string[];
}

/** The moments over all clients, in their order. A NaN makes the moments of its column NaN. */
export async function momentsOf(source: ClientSource, options: MomentsOptions = {}): Promise<Moments> {
  checkOptions(`Cannot compute moments of ${source.name}`, options, { columns: kinds.list });
  const fields = momentFields(source, options);
  const sums = zerosOf(fields);
  let count = 0;
  for (let index = 0; index < source.size; index++) {
    const dataset = await source.rows(index);
    count += dataset.length;
    for (const [at, field] of fields.entries()) addRows(sums[at]!, dataset, field);
  }
  const means = sums.map((sum) => sum.map((total) => total / count));
  const squares = zerosOf(fields);
  for (let index = 0; index < source.size; index++) {
    const dataset = await source.rows(index);
    for (const [at, field] of fields.entries()) addSquares(squares[at]!, dataset, field, means[at]!);
  }
  return Object.fromEntries(
    fields.map(({ name }, at) => [name, momentsFrom(count, means[at]!, squares[at]!)]),
  );
}

/** The moments of one client's rows. */
export function momentsOfRows(dataset: Dataset, fields: readonly MomentField[]): Moments {
  return Object.fromEntries(
    fields.map((field) => {
      const sum = new Float64Array(field.size);
      addRows(sum, dataset, field);
      const mean = sum.map((total) => total / dataset.length);
      const squares = new Float64Array(field.size);
      addSquares(squares, dataset, field, mean);
      return [field.name, momentsFrom(dataset.length, mean, squares)];
    }),
  );
}

function zerosOf(fields: readonly MomentField[]): readonly Float64Array[] {
  return fields.map(({ size }) => new Float64Array(size));
}

export interface MomentField {
  readonly name: string;
  readonly type: TensorType;
  /** Numbers in a row. */
  readonly size: number;
}

/** The columns that have moments; throws a `RangeError` for one that is not there or holds no numbers. */
export function momentFields(source: ClientSource, { columns }: MomentsOptions = {}): readonly MomentField[] {
  const action = `Cannot compute moments of ${source.name}`;
  const names = columns ?? floatColumns(source);
  return names.map((name) => {
    const type = fieldNamed(action, source.element, name);
    checkNumeric(action, name, type, source);
    return { name, type, size: rowSize(type) };
  });
}

/** The columns whose moments are taken where nobody names any. */
export function floatColumns(source: ClientSource): readonly string[] {
  const isFloat = ({ dtype }: TensorType): boolean => dtype === 'float32' || dtype === 'float64';
  return Object.entries(fieldsOf(source.element)).flatMap(([name, type]) => (isFloat(type) ? [name] : []));
}

function momentsFrom(count: number, mean: Float64Array, squares: Float64Array): ColumnMoments {
  return { count, mean: [...mean], stddev: [...squares].map((sum) => Math.sqrt(sum / count)) };
}

function addSquares(sums: Float64Array, dataset: Dataset, field: MomentField, mean: Float64Array): void {
  addRows(sums, dataset, field, (value, part) => (value - (mean[part] as number)) ** 2);
}

/** Adds `of` each number to its sum: a sum of the client's own first, as it would send it. */
function addRows(
  sums: Float64Array,
  dataset: Dataset,
  { name, size }: MomentField,
  of: (value: number, part: number) => number = (value) => value,
): void {
  const numbers = numbersOf(columnsOf(dataset)[name] as Tensor);
  const own = new Float64Array(size);
  for (let at = 0; at < numbers.length; ) {
    for (let part = 0; part < size; part++, at++) {
      own[part] = (own[part] as number) + of(numbers[at] as number, part);
    }
  }
  for (let part = 0; part < size; part++) sums[part] = (sums[part] as number) + (own[part] as number);
}
