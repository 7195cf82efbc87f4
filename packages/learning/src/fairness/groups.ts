// Which groups there are: the values of columns of the examples, and combinations of columns. An example whose value is
// not listed is of the group `other`, so that each one is in one group of every grouping.

import type { tf } from '@starling/compute';
import { formatType, type StructType, struct, type Type } from '@starling/federated-core';
import {
  checkKind,
  checkOptions,
  count,
  kinds,
  numberWithin,
  oneOf,
  optionError,
  required,
} from '@starling/federated-core/plan';
import type { Batch } from '../model/model.js';

/** A value of a column: a number, or text. */
export type GroupValue = string | number;

export interface GroupOptions {
  /**
   * Columns of the examples, each with the values that make groups: `{ sex: ['female', 'male'] }`. Values that are text
   * are compared with the UTF-8 of a column of uint8[n]; in a column of whole numbers they stand for their places in
   * the list, from 0. Values that are numbers are compared with those of a column of numbers.
   */
  readonly by: { readonly [column: string]: readonly GroupValue[] };
  /** Lists of columns whose combinations are groups besides: `[['sex', 'age']]`; none by default. */
  readonly intersections?: readonly (readonly string[])[];
  /**
   * Probabilities above which an example is taken for positive: at 0 all are, at 1 none is. Each at most once; 0.5
   * alone by default.
   */
  readonly at?: readonly number[];
  /** What the model gives; `logits` by default, of which the sigmoid is the probability. */
  readonly scores?: 'logits' | 'probabilities';
  /** What an example is, 0 or 1; `batch.y` by default. */
  readonly labels?: (batch: never) => tf.Tensor;
  /** Groups that fewer clients have examples of are withheld; 10 by default. */
  readonly minClients?: number;
  /** Groups of fewer examples are withheld; 1 by default. */
  readonly minExamples?: number;
  /**
   * Parts into which clients draw themselves, for intervals by the jackknife; 20 by default. With 1 there are none, and
   * the server sees sums over all clients alone.
   */
  readonly buckets?: number;
}

/** Values of one column, or combinations of several. */
export interface Grouping {
  /** Of its columns, with `*` between them. */
  readonly name: string;
  readonly columns: readonly string[];
  /** Its groups, with `*` between the values; `other` stands for those that are not listed. */
  readonly groups: readonly string[];
  /** Whether a group is named in the options: the others are left out where they have no example. */
  readonly isListed: readonly boolean[];
}

export interface Groups {
  readonly groupings: readonly Grouping[];
  readonly values: { readonly [column: string]: readonly GroupValue[] };
  readonly at: readonly number[];
  readonly scores: 'logits' | 'probabilities';
  readonly labels: (batch: Batch) => tf.Tensor;
  readonly minClients: number;
  readonly minExamples: number;
  readonly buckets: number;
}

export const OTHER = 'other';

const ACTION = 'Cannot measure groups';

/** Throws a `RangeError` for an option that is unknown, out of its range, or does not fit the others. */
export function groupsOf(options: GroupOptions): Groups {
  checkOptions(ACTION, options, {
    by: required(kinds.record),
    intersections: kinds.list,
    at: kinds.list,
    scores: oneOf('logits', 'probabilities'),
    labels: kinds.callable,
    minClients: count,
    minExamples: count,
    buckets: count,
  });
  const { by, intersections = [], at = [0.5], scores = 'logits' } = options;
  const columns = Object.keys(by);
  if (columns.length === 0) throw optionError(`${ACTION}: by must name a column, got none`);
  for (const column of columns) checkValues(column, by[column]);
  for (const list of intersections) checkIntersection(list, columns);
  for (const threshold of at) numberWithin({ from: 0, to: 1 })(ACTION, 'a threshold of at', threshold);
  if (at.length === 0 || new Set(at).size < at.length) {
    throw optionError(`${ACTION}: at must be different thresholds, one at least, got [${at.join(', ')}]`);
  }
  const lists = [...columns.map((column) => [column]), ...intersections];
  const labels = options.labels as ((batch: Batch) => tf.Tensor) | undefined;
  return {
    groupings: lists.map((list) => groupingOf(list, by)),
    values: by,
    at: [...at],
    scores,
    labels: labels ?? ((batch) => (batch as { readonly y: tf.Tensor }).y),
    minClients: options.minClients ?? 10,
    minExamples: options.minExamples ?? 1,
    buckets: options.buckets ?? 20,
  };
}

/** How many groups all groupings have together: the rows of their counts. */
export function rowsOf({ groupings }: Groups): number {
  return groupings.reduce((sum, { groups }) => sum + groups.length, 0);
}

/** Throws a `RangeError` unless examples of this type have the columns, and `y` where labels are not said. */
export function checkColumns({ values }: Groups, { labels }: GroupOptions, example: Type): void {
  const fields = example.kind === 'struct' ? (example as StructType).elements : struct({}).elements;
  for (const column of [...Object.keys(values), ...(labels === undefined ? ['y'] : [])]) {
    const type = Object.hasOwn(fields, column)
      ? (fields as { readonly [name: string]: Type })[column]
      : undefined;
    const what = column === 'y' && !Object.hasOwn(values, column) ? 'labels' : `by '${column}'`;
    if (type === undefined) {
      throw optionError(
        `${ACTION}: ${what} needs a field ${column} of the examples, got ${formatType(example)}`,
      );
    }
    if (Object.hasOwn(values, column)) checkColumnType(column, type, values[column] as readonly GroupValue[]);
  }
}

function checkColumnType(column: string, type: Type, values: readonly GroupValue[]): void {
  const isText = typeof values[0] === 'string';
  const rank = type.kind === 'tensor' ? type.shape.length : -1;
  const isBytes = type.kind === 'tensor' && type.dtype === 'uint8' && rank === 1;
  const isNumber = rank === 0 && !(type.kind === 'tensor' && type.dtype === 'string');
  if (isText ? isBytes || isNumber : isNumber) return;
  const need = isText ? 'uint8[n], or a whole number that is the place of a value' : 'a number';
  throw optionError(`${ACTION}: the column '${column}' must be ${need}, got ${formatType(type)}`);
}

function checkValues(column: string, values: unknown): void {
  const what = `the values of '${column}'`;
  kinds.list(ACTION, what, values);
  const list = values as readonly unknown[];
  checkKind(ACTION, what, list, {
    need: "different numbers, or different texts without '*', one at least",
    fits: () => {
      const isNumbers = list.every((value) => typeof value === 'number' && Number.isFinite(value));
      const isTexts = list.every(
        (value) => typeof value === 'string' && value !== '' && !value.includes('*'),
      );
      return list.length > 0 && new Set(list).size === list.length && (isNumbers || isTexts);
    },
  });
  if (list.includes(OTHER)) {
    throw optionError(
      `${ACTION}: ${what} must not have '${OTHER}', which stands for those that are not listed`,
    );
  }
}

function checkIntersection(list: unknown, columns: readonly string[]): void {
  checkKind(ACTION, 'an intersection', list, {
    need: `two different columns or more of ${columns.join(', ')}`,
    fits: (value) =>
      Array.isArray(value) &&
      value.length > 1 &&
      new Set(value).size === value.length &&
      value.every((column) => columns.includes(column)),
  });
}

function groupingOf(columns: readonly string[], by: GroupOptions['by']): Grouping {
  let groups: readonly string[] = [''];
  for (const column of columns) {
    const values = [...(by[column] as readonly GroupValue[]).map(String), OTHER];
    groups = groups.flatMap((before) =>
      values.map((value) => (before === '' ? value : `${before}*${value}`)),
    );
  }
  const isListed = groups.map((group) => columns.length === 1 && group !== OTHER);
  return { name: columns.join('*'), columns, groups, isListed };
}
