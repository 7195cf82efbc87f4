// A random matrix with orthonormal rows or columns (Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear
// dynamics of learning in deep linear neural networks", ICLR 2014), uniform over all of them: normal vectors made
// orthonormal by the modified Gram–Schmidt process, whose factor R has a positive diagonal (Mezzadri, "How to generate
// random matrices from the classical compact groups", Notices of the AMS 2007).
import type { Generator } from '@starling/federated-core';

/** Row-major [rows, columns]: its rows are orthonormal where there are fewer of them, else its columns are. */
export function orthogonalMatrix(rows: number, columns: number, random: Generator): Float64Array {
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const vectors = Array.from({ length: count }, () => Float64Array.from({ length }, random.normal));
  for (const [index, vector] of vectors.entries()) {
    for (const before of vectors.slice(0, index)) subtract(vector, before, dot(vector, before));
    const norm = Math.sqrt(dot(vector, vector));
    for (let at = 0; at < length; at++) vector[at] = (vector[at] as number) / norm;
  }
  const matrix = new Float64Array(rows * columns);
  vectors.forEach((vector, index) => {
    vector.forEach((value, at) => {
      matrix[rows <= columns ? index * columns + at : at * columns + index] = value;
    });
  });
  return matrix;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += (left[at] as number) * (right[at] as number);
  return sum;
}

function subtract(target: Float64Array, other: Float64Array, factor: number): void {
  for (let at = 0; at < target.length; at++) {
    target[at] = (target[at] as number) - factor * (other[at] as number);
  }
}
