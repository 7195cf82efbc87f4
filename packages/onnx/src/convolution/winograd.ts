// The matrices of Winograd's minimal filtering F(4 × 4, 3 × 3): a 3 × 3 convolution of a tile of 6 × 6 by 36 products
// instead of 144. Algorithm of Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (CVPR 2016),
// equation 8: Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A. The matrices follow from points of interpolation by Toom and Cook's
// construction; these points keep the rounding near that of the plain sum (Barabasz et al., "Error Analysis and
// Improving the Accuracy of Winograd Convolution for Deep Neural Networks", ACM TOMS 2020), and are exact in binary.
import { type Tensor, tensor } from '@starling/federated-core';

/** Rows and columns of a tile of outputs, and of the inputs that it is computed from. */
export const OUTPUT_TILE = 4;
export const FILTER_SIDE = 3;
export const INPUT_TILE = OUTPUT_TILE + FILTER_SIDE - 1;

/** The sixth point is infinity. */
const POINTS = [0, 0.75, -0.75, 1.5, -1.5] as const;

type Matrix = readonly (readonly number[])[];

/** Coefficients of Π (x − root), lowest power first. */
function polynomial(roots: readonly number[]): readonly number[] {
  let product = [1];
  for (const root of roots) {
    const shifted = [0, ...product];
    product = shifted.map((coefficient, power) => coefficient - root * (product[power] ?? 0));
  }
  return product;
}

const others = (index: number): readonly number[] => POINTS.filter((_, other) => other !== index);

const powers = (x: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, power) => x ** power);

/** Aᵀ, 4 × 6: the values of an output polynomial at the points, back to coefficients of the transposed problem. */
const OUTPUT_1D: Matrix = Array.from({ length: OUTPUT_TILE }, (_, row) => [
  ...POINTS.map((x) => x ** row),
  row === OUTPUT_TILE - 1 ? 1 : 0,
]);

/** G, 6 × 3: the filter's polynomial at each point, over Π (point − other points). */
const FILTER_1D: Matrix = [
  ...POINTS.map((x, index) => {
    const scale = others(index).reduce((product, other) => product * (x - other), 1);
    return powers(x, FILTER_SIDE).map((power) => power / scale);
  }),
  [0, 0, 1],
];

/** Bᵀ, 6 × 6. */
const INPUT_1D: Matrix = [...POINTS.map((_, index) => [...polynomial(others(index)), 0]), polynomial(POINTS)];

/** M ⊗ M: what M does to rows and then to columns, as one matrix over the elements of a tile in row-major order. */
function bothAxes(matrix: Matrix, transposed: boolean): Tensor {
  const rows = matrix.flatMap((a) => matrix.map((b) => a.flatMap((x) => b.map((y) => x * y))));
  const width = rows[0]?.length ?? 0;
  const result = transposed
    ? Array.from({ length: width }, (_, column) => rows.map((row) => row[column] as number))
    : rows;
  return tensor('float32', [result.length, result[0]?.length ?? 0], Float32Array.from(result.flat()));
}

/** Matrices over the elements of tiles: forward, and transposed, as gradients go. */
export const WINOGRAD = {
  /** [36, 36] */
  input: bothAxes(INPUT_1D, false),
  /** [36, 9] */
  filter: bothAxes(FILTER_1D, false),
  /** [16, 36] */
  output: bothAxes(OUTPUT_1D, false),
  inputGradient: bothAxes(INPUT_1D, true),
  filterGradient: bothAxes(FILTER_1D, true),
  outputGradient: bothAxes(OUTPUT_1D, true),
} as const;

/** [16, 36]: which elements of an input tile each output sees. */
export const PATCHES = bothAxes(
  Array.from({ length: OUTPUT_TILE }, (_, row) =>
    Array.from({ length: INPUT_TILE }, (_, at) => (at >= row && at < row + FILTER_SIDE ? 1 : 0)),
  ),
  false,
);
