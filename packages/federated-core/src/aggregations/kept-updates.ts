// What rules that see single updates keep of a cohort: the updates of weight above 0, one after another, each once and
// in memory that other threads can read. They are combined in the report, when their number is known.
import { EmptyAggregateError, TypeMismatchError } from '../errors/starling-error.js';
import type { FloatArray } from '../rows/middles.js';
import { addLeaves, castLeaves, zeroSums } from '../sums/sums.js';
import type { VectorKernels } from '../sums/vector-kernels.js';
import { leafPlace } from '../types/leaf-names.js';
import { leafTypes } from '../types/leaves.js';
import { copyTensor, type Tensor } from '../values/tensor.js';
import type { AggregationParts } from './definition.js';
import { finiteAggregate } from './finite.js';
import type { Reduction } from './reduction.js';

/** The updates of a cohort, of which there is at least one. */
export interface KeptUpdates {
  readonly weights: readonly number[];
  /** By leaf of the value: each client's numbers. */
  readonly rows: readonly (readonly FloatArray[])[];
  /** By leaf. */
  readonly shapes: readonly (readonly number[])[];
}

/** Updates <T, weight>; `combine` gives the leaves of the result, of those that weigh more than 0. */
export function keptReduction(
  intrinsic: string,
  { update, result, ifEmpty }: AggregationParts<unknown>,
  combine: (kept: KeptUpdates) => Promise<readonly Tensor[]>,
): Reduction {
  const width = leafTypes(update).length;
  const append = (kept: Tensor[], leaves: readonly Tensor[]): Tensor[] => {
    for (let leaf = 0; kept.length > 0 && leaves.length > 0 && leaf < width - 1; leaf++) {
      const [one, other] = [kept[leaf]!.shape.join(), leaves[leaf]!.shape.join()];
      if (one === other) continue;
      throw new TypeMismatchError(
        `Cannot combine updates: shapes must be equal, got [${one}] and [${other}]${leafPlace(result, leaf)}`,
      );
    }
    for (const leaf of leaves) kept.push(leaf);
    return kept;
  };
  return {
    zero: () => [],
    accumulate: (accumulator, leaves) =>
      Number(leaves[width - 1]!.data[0]) === 0
        ? accumulator
        : append(accumulator as Tensor[], leaves.map(sharedCopy)),
    merge: (left, right) => append(left as Tensor[], right),
    async report(accumulator) {
      const updates = Array.from({ length: accumulator.length / width }, (_, index) =>
        accumulator.slice(index * width, (index + 1) * width),
      );
      if (updates.length === 0) {
        if (ifEmpty !== undefined) return ifEmpty.map(copyTensor);
        throw tooFew(intrinsic, 'at least one client of a weight above 0', 0);
      }
      const leaves = Array.from({ length: width - 1 }, (_, leaf) => leaf);
      const combined = await combine({
        weights: updates.map((leavesOf) => Number(leavesOf[width - 1]!.data[0])),
        rows: leaves.map((leaf) => updates.map((leavesOf) => leavesOf[leaf]!.data as FloatArray)),
        shapes: leaves.map((leaf) => updates[0]![leaf]!.shape),
      });
      return finiteAggregate(intrinsic, result, combined);
    },
  };
}

/** For cohorts that are too small for a rule. */
export function tooFew(intrinsic: string, need: string, got: number): EmptyAggregateError {
  return new EmptyAggregateError(`Cannot report ${intrinsic}: need ${need}, got ${got}`);
}

/** Σ coefficient · row over the rows, in order, divided by `divisor`. */
export function weightedRows(
  { result }: Pick<AggregationParts<unknown>, 'result'>,
  { rows, shapes }: KeptUpdates,
  coefficients: readonly number[],
  divisor: number,
  vectors: VectorKernels,
): readonly Tensor[] {
  const types = leafTypes(result);
  const known = types.map((type, leaf) => ({ ...type, shape: shapes[leaf]! }));
  const sums = zeroSums(known);
  coefficients.forEach((coefficient, row) => {
    if (coefficient === 0) return;
    const leaves = known.map(({ dtype, shape }, leaf): Tensor => ({ dtype, shape, data: rows[leaf]![row]! }));
    addLeaves(sums, leaves, coefficient, vectors);
  });
  return castLeaves('a combination', known, sums, divisor, vectors).leaves;
}

/** From this size on a leaf is worth sharing with other threads. */
const SHARED_BYTES = 1 << 16;

/** The caller may use an update's memory again. */
function sharedCopy(leaf: Tensor): Tensor {
  const { data } = leaf;
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  if (!isFloat || data.byteLength < SHARED_BYTES || typeof SharedArrayBuffer === 'undefined') {
    return copyTensor(leaf);
  }
  const shared = new SharedArrayBuffer(data.byteLength);
  const copy = data instanceof Float32Array ? new Float32Array(shared) : new Float64Array(shared);
  copy.set(data);
  return { ...leaf, data: copy as Tensor['data'] };
}
