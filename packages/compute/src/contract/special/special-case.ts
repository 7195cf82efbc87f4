// How the contract's cases at the edges are made: a kernel of special values one by one, of every pair of them, along
// lines of them, or moved about.
import type { Tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import * as tf from '../../tensorflow/tf.js';
import type { Draw } from '../drawing/draw.js';
import type { DrawnCase } from '../drawing/kernel-case.js';
import {
  allPairs,
  anyFloats,
  boolsOf,
  floatsOf,
  intsOf,
  mixedFloats,
  mixedInts,
  SPECIAL_FLOATS,
  SPECIAL_INTS,
} from './special-draw.js';

export type SpecialCases = (draw: Draw) => readonly DrawnCase[];

export type One = (x: tf.Tensor) => tf.Tensor | tf.Tensor[];
export type Two = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor | tf.Tensor[];

const MANY = 64;

export const one = (input: Tensor, operation: One): DrawnCase => ({
  inputs: [input],
  body: ([x]) => operation(x as tf.Tensor),
});
export const two = (a: Tensor, b: Tensor, operation: Two): DrawnCase => ({
  inputs: [a, b],
  body: ([x, y]) => operation(x as tf.Tensor, y as tf.Tensor),
});

export const allFloats = (draw: Draw): Tensor =>
  floatsOf([...SPECIAL_FLOATS, ...anyFloats(draw, MANY), ...anyFloats(draw, MANY, -6, 6)]);

/** Divided by themselves, these are NaN as the engine and the processor make it, or 1; an odd number for all lanes. */
const MADE_NAN = [0, Number.POSITIVE_INFINITY, 1, 0, Number.NEGATIVE_INFINITY, 0, 2, -0, 0];

/** Floats, one by one; and NaN that arithmetic of the same graph makes. */
export const floats =
  (operation: One): SpecialCases =>
  (draw) => [one(allFloats(draw), operation), one(floatsOf(MADE_NAN), (x) => operation(tf.div(x, x)))];

export const ints =
  (operation: One): SpecialCases =>
  () => [one(intsOf(SPECIAL_INTS), operation)];

export const bools =
  (operation: One): SpecialCases =>
  () => [one(boolsOf([0, 1, 1, 0]), operation)];

/** Every pair of special floats, pairs of any magnitude, and pairs with NaN that arithmetic of the same graph makes. */
export const floatPairs =
  (operation: Two): SpecialCases =>
  (draw) => {
    const [a, b] = allPairs(SPECIAL_FLOATS);
    const left = [...a, ...anyFloats(draw, MANY), ...anyFloats(draw, MANY, -3, 3)];
    const right = [...b, ...anyFloats(draw, MANY), ...anyFloats(draw, MANY, -3, 3)];
    const [top, bottom] = allPairs(MADE_NAN);
    return [
      two(floatsOf(left), floatsOf(right), operation),
      two(floatsOf(top), floatsOf(bottom), (x, y) => operation(tf.div(x, x), tf.div(y, y))),
    ];
  };

const intPairs =
  (operation: Two): SpecialCases =>
  () => {
    const [a, b] = allPairs(SPECIAL_INTS);
    return [two(intsOf(a), intsOf(b), operation)];
  };

/** Multiples of constants and other floats, by those constants, which passes know. */
export const floatsBy =
  (operation: Two): SpecialCases =>
  (draw) =>
    [3, 41, -255, 0.1, 4, -0.5, 1e-30, 1e30].map((constant) => {
      const multiples = Array.from({ length: MANY }, (_, index) => (index + 1) * constant);
      const input = floatsOf([...SPECIAL_FLOATS, ...multiples, ...anyFloats(draw, MANY)]);
      return one(input, (x) => operation(x, tf.scalar(constant)));
    });

/** Times two constants in a row, rounded and infinite in between as each product is. */
export const factorsInARow: SpecialCases = (draw) =>
  [
    [1e30, 1e-30],
    [1e-30, 1e30],
    [2 ** 100, 2 ** 20],
    [0.5, 2 ** -20],
  ].map(([first = 1, second = 1]) => {
    const magnitudes = anyFloats(draw, MANY, -100, 100);
    return one(floatsOf([...SPECIAL_FLOATS, ...magnitudes]), (x) => tf.mul(tf.mul(x, first), second));
  });

/** An integer by a constant, which lowering knows. */
export const intsBy =
  (operation: Two, constants: readonly number[]): SpecialCases =>
  () =>
    constants.map((constant) => one(intsOf(SPECIAL_INTS), (x) => operation(x, tf.scalar(constant, 'int32'))));

export const boolPairs =
  (operation: Two): SpecialCases =>
  () => [two(boolsOf([0, 0, 1, 1]), boolsOf([0, 1, 0, 1]), operation)];

export const both =
  (...all: readonly SpecialCases[]): SpecialCases =>
  (draw) =>
    all.flatMap((cases) => cases(draw));

export const numbers = (operation: One): SpecialCases => both(floats(operation), ints(operation));
export const pairs = (operation: Two): SpecialCases => both(floatPairs(operation), intPairs(operation));

/** Lines of special values along either axis, and lines of none. */
export const linesOf =
  (
    make: (draw: Draw, shape: readonly number[]) => Tensor,
    operation: (x: tf.Tensor, axis: number) => tf.Tensor | tf.Tensor[],
    sizes = [5],
  ): SpecialCases =>
  (draw) =>
    sizes.flatMap((size) => [
      one(make(draw, [24, size]), (x) => operation(x, 1)),
      one(make(draw, [size, 24]), (x) => operation(x, 0)),
    ]);

export const SHORT = [0, 2, 5];
export const someBools = (draw: Draw, shape: readonly number[]): Tensor =>
  boolsOf(
    Array.from({ length: sizeOf(shape) }, () => draw.int(0, 1)),
    shape,
  );

export const reduced = (operation: (x: tf.Tensor, axis: number) => tf.Tensor): SpecialCases =>
  both(linesOf(mixedFloats, operation, SHORT), linesOf(mixedInts, operation, SHORT));

/** Moves a tensor of specials, of each element type. */
export const moved =
  (shape: readonly number[], operation: One): SpecialCases =>
  (draw) => [
    one(mixedFloats(draw, shape), operation),
    one(mixedInts(draw, shape), operation),
    one(someBools(draw, shape), operation),
  ];

export const ofIndices =
  (
    shape: readonly number[],
    indices: readonly (readonly [readonly number[], readonly number[]])[],
    operation: Two,
  ): SpecialCases =>
  (draw) =>
    indices.flatMap(([at, atShape]) => [
      two(mixedFloats(draw, shape), intsOf(at, atShape), operation),
      two(mixedInts(draw, shape), intsOf(at, atShape), operation),
    ]);

export const modest = (draw: Draw, shape: readonly number[]): Tensor =>
  floatsOf(anyFloats(draw, sizeOf(shape), -4, 4), shape);

/** Some elements NaN or infinite. */
export const withSpecials = (draw: Draw, shape: readonly number[]): Tensor => {
  const { data } = modest(draw, shape);
  const values = Array.from(data as Float32Array, (value) =>
    draw.int(0, 9) === 0
      ? draw.pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      : value,
  );
  return floatsOf(values, shape);
};
