// Numbers at the edges, for the engine contract: NaN, infinities, zeros of both signs, halves, the ends of ranges, and
// numbers of every magnitude.
import { type Tensor, tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import type { Draw } from '../drawing/draw.js';

const { NaN: NOT_A_NUMBER, POSITIVE_INFINITY: INFINITY } = Number;
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

export const SPECIAL_FLOATS: readonly number[] = [
  // Two, so that floatsOf gives either sign.
  ...[NOT_A_NUMBER, NOT_A_NUMBER, INFINITY, -INFINITY, -0, 0, 1, -1],
  // Halves, whose rounding goes to the even side, and neighbours of whole numbers.
  ...[0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 1 - 2 ** -24, -1 + 2 ** -24, 3, -3],
  // Around the ends of int32, of what float32 counts one by one, and of float32.
  ...[
    2 ** 24 + 2,
    2 ** 31,
    -(2 ** 31),
    3e9,
    -3e9,
    2 ** 40,
    2 ** 63,
    -(2 ** 63),
    1e30,
    -1e30,
    LARGEST,
    -LARGEST,
  ],
  ...[2 ** -126, -(2 ** -126), 1e-30, -1e-30, 1e-7, -1e-7],
  // Where exponentials end, on either side.
  ...[-16, -18, 16, -30, -80, 80, 88, 89, -88, -104, 104],
];

export const SPECIAL_INTS: readonly number[] = [
  ...[0, 1, -1, 2, -2, 3, -3, 7, -7, 31, 32],
  ...[65536, -65536, 46341, 2 ** 24 + 1, 2 ** 31 - 1, -(2 ** 31), -(2 ** 31) + 1],
];

/** NaN as JavaScript writes it, and with the sign bit set, as x86 makes it of 0 / 0. */
const NAN_BITS = [0x7fc00000, 0xffc00000];

/** NaN of the one sign and of the other in turn: kernels that compare floats as integers see a difference. */
export function floatsOf(values: readonly number[], shape: readonly number[] = [values.length]): Tensor {
  const data = Float32Array.from(values);
  const bits = new Uint32Array(data.buffer);
  let nans = 0;
  for (const [index, value] of values.entries()) {
    if (Number.isNaN(value)) bits[index] = NAN_BITS[nans++ % NAN_BITS.length] as number;
  }
  return tensor('float32', shape, data);
}
export const intsOf = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor('int32', shape, Int32Array.from(values));
export const boolsOf = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor('bool', shape, Uint8Array.from(values));

/** A float of either sign, with a magnitude from 2^low to 2^high. */
export function anyFloat(draw: Draw, low: number, high: number): number {
  const mantissa = 1 + draw.int(0, 2 ** 23 - 1) / 2 ** 23;
  return (draw.coin() ? 1 : -1) * mantissa * 2 ** draw.int(low, high - 1);
}

/** `count` floats, all magnitudes alike. */
export const anyFloats = (draw: Draw, count: number, low = -60, high = 60): readonly number[] =>
  Array.from({ length: count }, () => anyFloat(draw, low, high));

/** A tensor of which one element in four is special. */
export function mixedFloats(draw: Draw, shape: readonly number[], low = -3, high = 3): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, () =>
    draw.int(0, 3) === 0 ? draw.pick(SPECIAL_FLOATS) : anyFloat(draw, low, high),
  );
  return floatsOf(values, shape);
}

export function mixedInts(draw: Draw, shape: readonly number[]): Tensor {
  return intsOf(
    Array.from({ length: sizeOf(shape) }, () => (draw.coin() ? draw.pick(SPECIAL_INTS) : draw.int(-9, 9))),
    shape,
  );
}

/** Every pair of the numbers, as two vectors. */
export function allPairs(values: readonly number[]): readonly [readonly number[], readonly number[]] {
  const pairs = values.flatMap((a) => values.map((b) => [a, b] as const));
  return [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
}
