// Corrected kernels that reduce, rank or multiply along axes: NaN is kept, reductions of no elements give what changes
// no other result, and products of integers wrap.
import { sizeOf } from '@starling/federated-core/plan';
import type { Kernel } from '../../../graph/kernels.js';
import * as tf from '../../../tensorflow/tf.js';
import { type CorrectedCall, type Correction, input, lines, made, numbersOf, pairs } from './numbers.js';

function reducedShape({ shape }: tf.Tensor, axes: readonly number[], keepDims: boolean): readonly number[] {
  if (keepDims) return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return shape.filter((_, axis) => !axes.includes(axis));
}

const axesOf = ({ attributes }: CorrectedCall, name = 'axis'): readonly number[] =>
  attributes[name] as readonly number[];

/** The shape of the result where there is nothing to reduce, or `null`. */
function shapeOfNothing(call: CorrectedCall, axisName = 'axis'): readonly number[] | null {
  const x = input(call);
  const axes = axesOf(call, axisName);
  if (x.size > 0 || axes.length === 0) return null;
  return reducedShape(x, axes, call.attributes['keepDims'] === true);
}

/** Of no elements: the one number that others would not change. */
const ofNothing =
  (neutral: (dtype: tf.DataType) => number, axisName = 'axis'): Correction =>
  (call) => {
    const shape = shapeOfNothing(call, axisName);
    if (!shape) return null;
    const { dtype } = input(call);
    return [made(dtype, shape, () => neutral(dtype))];
  };

const [LEAST_INT, LARGEST_INT] = [-(2 ** 31), 2 ** 31 - 1];

const productOfIntegers: Correction = (call) => {
  const x = input(call);
  if (x.dtype !== 'int32') return null;
  const axes = axesOf(call);
  const products = lines(x, axes).map((line) => line.reduce(Math.imul, 1));
  const shape = reducedShape(x, axes, call.attributes['keepDims'] === true);
  return [made('int32', shape, (index) => products[index] as number)];
};

const runningProductOfIntegers: Correction = (call) => {
  const x = input(call);
  if (x.dtype !== 'int32') return null;
  const { axis, exclusive, reverse } = call.attributes as Record<string, unknown>;
  const result = Int32Array.from(numbersOf(x));
  const length = x.shape[axis as number] as number;
  const stride = sizeOf(x.shape.slice((axis as number) + 1));
  for (let start = 0; start < result.length; start++) {
    if (Math.floor(start / stride) % length !== 0) continue;
    let product = 1;
    for (let step = 0; step < length; step++) {
      const position = start + (reverse === true ? length - 1 - step : step) * stride;
      const factor = result[position] as number;
      const next = Math.imul(product, factor);
      result[position] = exclusive === true ? product : next;
      product = next;
    }
  }
  return [tf.tensor(result, x.shape, 'int32')];
};

/** The first position of the extreme, or of a NaN where there is one. */
const position =
  (exceeds: (a: number, b: number) => boolean): Correction =>
  (call) => {
    const x = input(call);
    if (x.dtype !== 'float32') return null;
    const axis = Number(call.attributes['axis']);
    const positions = lines(x, [axis]).map((line) => {
      const nan = line.findIndex(Number.isNaN);
      if (nan >= 0) return nan;
      return line.reduce((best, value, at) => (exceeds(value, line[best] as number) ? at : best), 0);
    });
    return [made('int32', reducedShape(x, [axis], false), (index) => positions[index] as number)];
  };

/** The largest in order, NaN above all, of equal ones the first. */
const topK: Correction = (call) => {
  const x = input(call);
  if (x.dtype !== 'float32') return null;
  const k = Number(call.attributes['k']);
  const shape = [...x.shape.slice(0, -1), k];
  const above = (a: number, b: number): boolean => a > b || (Number.isNaN(a) && !Number.isNaN(b));
  const ranked = lines(x, [x.rank - 1]).map((line) => {
    const order = [...line.keys()].sort((p, q) => {
      const [a, b] = [line[p] as number, line[q] as number];
      if (above(a, b)) return -1;
      return above(b, a) ? 1 : p - q;
    });
    return order.slice(0, k).map((at) => ({ at, value: line[at] as number }));
  });
  const flat = ranked.flat();
  return [
    made('float32', shape, (index) => flat[index]?.value as number),
    made('int32', shape, (index) => flat[index]?.at as number),
  ];
};

/** Products of integer matrices, or of stacks of them that broadcast, modulo 2³². */
const integerMatMul: Correction = (call) => {
  const [a, b] = [input(call, 'a'), input(call, 'b')];
  if (a.dtype !== 'int32') return null;
  // [..., rows, 1, inner] · [..., 1, columns, inner], then summed over the last axis.
  const rows = tf.expandDims(call.attributes['transposeA'] === true ? swapLastTwo(a) : a, -2);
  const columns = tf.expandDims(call.attributes['transposeB'] === true ? b : swapLastTwo(b), -3);
  const [products] = multiplyIntegers({ inputs: { a: rows, b: columns }, attributes: {} }) as [tf.Tensor];
  const sums = lines(products, [products.rank - 1]).map((line) =>
    line.reduce((sum, value) => (sum + value) | 0, 0),
  );
  return [made('int32', products.shape.slice(0, -1), (index) => sums[index] as number)];
};

const multiplyIntegers = pairs('int32', Math.imul);

function swapLastTwo(x: tf.Tensor): tf.Tensor {
  const axes = [...x.shape.keys()];
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

export const reductionCorrections: { readonly [K in Kernel]?: Correction } = {
  All: ofNothing(() => 1),
  Any: ofNothing(() => 0),
  ArgMax: position((a, b) => a > b),
  ArgMin: position((a, b) => a < b),
  BatchMatMul: integerMatMul,
  Cumprod: runningProductOfIntegers,
  Max: ofNothing((dtype) => (dtype === 'float32' ? Number.NEGATIVE_INFINITY : LEAST_INT), 'reductionIndices'),
  Min: ofNothing((dtype) => (dtype === 'float32' ? Number.POSITIVE_INFINITY : LARGEST_INT)),
  Prod: productOfIntegers,
  TopK: topK,
};
