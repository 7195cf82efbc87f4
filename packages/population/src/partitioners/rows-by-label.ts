// The rows of each label: what partitioners that look at labels begin with.
import type { Generator } from '@starling/federated-core';
import { describeValue, optionError } from '@starling/federated-core/plan';
import type { Label } from './partitioner.js';

export interface LabelRows {
  readonly label: Label;
  readonly rows: number[];
}

/**
 * The rows of each label that occurs, labels ascending; rows in random order, or without `random` in that of the
 * dataset. Throws a `RangeError` for a label that is NaN.
 */
export function rowsByLabel(
  action: string,
  labels: ArrayLike<Label>,
  random: Generator | null,
): readonly LabelRows[] {
  return rowsInOrder(action, labels, random?.permutation(labels.length) ?? null).sort((left, right) =>
    compareLabels(left.label, right.label),
  );
}

/** The same, labels in the order in which they first occur. */
export function rowsByFirst(action: string, labels: ArrayLike<Label>): readonly LabelRows[] {
  return rowsInOrder(action, labels, null);
}

function rowsInOrder(action: string, labels: ArrayLike<Label>, order: Int32Array | null): LabelRows[] {
  const found = new Map<Label, number[]>();
  for (let place = 0; place < labels.length; place++) {
    const row = order === null ? place : (order[place] as number);
    const label = labels[row] as Label;
    const known = found.get(label);
    if (known !== undefined) known.push(row);
    else if (isLabel(label)) found.set(label, [row]);
    else
      throw optionError(`${action}: need a label for each row, got ${describeValue(label)} for row ${row}`);
  }
  return [...found].map(([label, rows]) => ({ label, rows }));
}

/** Numbers by size, text by its code units. */
export function compareLabels(left: Label, right: Label): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function isLabel(label: unknown): boolean {
  return ['number', 'bigint', 'string'].includes(typeof label) && !Number.isNaN(label);
}
