// The check of many clients' updates at once: all of them are looked through in one go, and only where something is
// wrong is each looked at by itself, so that a client is refused for what it would be refused for alone.
import type { RejectedUpdateError } from '../errors/starling-error.js';
import { plainVectors, type VectorKernels } from '../sums/vector-kernels.js';
import { leafTypes } from '../types/leaves.js';
import type { TensorType } from '../types/types.js';
import { type Column, tensorAt } from '../values/column.js';
import { type Aggregation, isWeighted } from './aggregations.js';
import { updateChecker } from './check-update.js';
import type { Reduction } from './reduction.js';

/** Of `count` clients: why each is refused, or `null`, by row; `null` if all are accepted. */
export type ManyChecker = (
  columns: readonly Column[],
  count: number,
) => readonly (RejectedUpdateError | null)[] | null;

/** As `updateChecker`, of columns in the place of leaves. */
export function manyChecker(
  aggregations: readonly Aggregation<unknown>[],
  reductions: readonly Reduction[],
  vectors: VectorKernels = plainVectors,
): ManyChecker {
  const check = updateChecker(aggregations, reductions, vectors);
  const types = aggregations.flatMap(({ update }) => leafTypes(update));
  let end = 0;
  const weights = aggregations.flatMap((aggregation) => {
    end += leafTypes(aggregation.update).length;
    return isWeighted(aggregation) ? [end - 1] : [];
  });
  const hasOwnChecks = reductions.some((reduction) => reduction.check !== undefined);
  const areFine = (columns: readonly Column[]): boolean =>
    columns.length === types.length &&
    columns.every((column, index) => isFine(types[index]!, column, vectors)) &&
    weights.every((index) => isNowhereNegative(columns[index]!));
  return (columns, count) => {
    if (!hasOwnChecks && areFine(columns)) return null;
    const refusals = Array.from({ length: count }, (_, row) =>
      check(columns.map((column) => tensorAt(column, row))),
    );
    return refusals.some((refusal) => refusal !== null) ? refusals : null;
  };
}

/** Bools and strings, whose elements are checked, are left to the look at each. */
function isFine(type: TensorType, { dtype, shape, data }: Column, vectors: VectorKernels): boolean {
  return (
    dtype === type.dtype &&
    shape.length === type.shape.length &&
    type.shape.every((size, axis) => size === shape[axis]) &&
    dtype !== 'bool' &&
    dtype !== 'string' &&
    (!(data instanceof Float32Array || data instanceof Float64Array) || vectors.areFinite(data))
  );
}

function isNowhereNegative({ data }: Column): boolean {
  for (let row = 0; row < data.length; row++) if (!(Number(data[row]) >= 0)) return false;
  return true;
}
