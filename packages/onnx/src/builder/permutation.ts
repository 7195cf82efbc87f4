// Permutations of axes, as Transpose nodes hold them.
import type { OnnxNode } from '../model/onnx-model.js';

/** Axis i of the result is axis `permutation[i]` of the input. */
export function permutationOf(node: OnnxNode): readonly number[] {
  const perm = node.attributes['perm'];
  if (perm?.kind === 'ints') return perm.value;
  throw new TypeError('Cannot read a Transpose: it needs its permutation');
}

export function inverse(permutation: readonly number[]): readonly number[] {
  const result: number[] = [];
  permutation.forEach((axis, index) => {
    result[axis] = index;
  });
  return result;
}

export function samePermutation(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((axis, index) => axis === b[index]);
}
