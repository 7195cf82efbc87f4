// The float64 reference of kernels that reduce, rank or add up along axes.
import type { Kernel, ReductionKernel } from '../../graph/kernels.js';
import {
  at,
  filled,
  inputOf,
  listOf,
  numberOf,
  type Outcome,
  positions,
  type Reference,
  type ReferenceCall,
  type Values,
  wrap,
} from './values.js';

/** The elements along axes, for each position of the others in order. */
function lines(x: Values, axes: readonly number[]): number[][] {
  const others = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const along = x.shape.map((size, axis) => (axes.includes(axis) ? size : 1));
  return [...positions(others)].map((start) => {
    return [...positions(along)].map((step) =>
      at(
        x,
        start.map((place, axis) => place + (step[axis] as number)),
      ),
    );
  });
}

const reduced =
  (reduce: (line: readonly number[], call: ReferenceCall) => number, axisName = 'axis'): Reference =>
  (call) => [outcome(lines(inputOf(call), listOf(call, axisName)), (line) => reduce(line, call))];

function outcome(all: readonly (readonly number[])[], of: (line: readonly number[]) => number): Outcome {
  return { data: Float64Array.from(all, of) };
}

const sumOf = (line: readonly number[]): number => line.reduce((sum, value) => sum + value, 0);
const magnitudes = (line: readonly number[]): number => sumOf(line.map(Math.abs));
const isOfInts = (call: ReferenceCall): boolean => inputOf(call).dtype !== 'float32';
const wholeSum = (line: readonly number[]): number =>
  wrap(line.reduce((sum, value) => sum + BigInt(value), 0n));
const wholeProduct = (line: readonly number[]): number =>
  wrap(line.reduce((product, value) => product * BigInt(value), 1n));

const sum: Reference = (call) => {
  const all = lines(inputOf(call), listOf(call, 'axis'));
  return [{ ...outcome(all, isOfInts(call) ? wholeSum : sumOf), terms: outcome(all, magnitudes).data }];
};

/** Of no elements 0, as in tf.js. */
const mean: Reference = (call) => {
  const all = lines(inputOf(call), listOf(call, 'axis'));
  const over = (line: readonly number[]): number => Math.max(1, line.length);
  return [
    {
      ...outcome(all, (line) => sumOf(line) / over(line)),
      terms: outcome(all, (line) => magnitudes(line) / over(line)).data,
    },
  ];
};

const LEAST = { float32: Number.NEGATIVE_INFINITY, int32: -(2 ** 31) } as const;
const LARGEST = { float32: Number.POSITIVE_INFINITY, int32: 2 ** 31 - 1 } as const;

const extreme =
  (
    choose: (...values: number[]) => number,
    ofNone: typeof LEAST | typeof LARGEST,
    axisName: string,
  ): Reference =>
  (call) =>
    reduced((line) => {
      // Math.max and Math.min give NaN where any is.
      return line.length === 0 ? ofNone[inputOf(call).dtype as 'float32'] : choose(...line);
    }, axisName)(call);

export const reductionReferences: { readonly [K in ReductionKernel]: Reference } = {
  All: reduced((line) => Number(line.every((value) => value !== 0))),
  Any: reduced((line) => Number(line.some((value) => value !== 0))),
  Max: extreme(Math.max, LEAST, 'reductionIndices'),
  Mean: mean,
  Min: extreme(Math.min, LARGEST, 'axis'),
  Prod: reduced((line, call) =>
    isOfInts(call) ? wholeProduct(line) : line.reduce((product, value) => product * value, 1),
  ),
  Sum: sum,
};

const position =
  (extremeOf: (...values: number[]) => number): Reference =>
  (call) => [
    outcome(lines(inputOf(call), listOf(call, 'axis')), (line) => {
      const nan = line.findIndex(Number.isNaN);
      return nan >= 0 ? nan : line.indexOf(extremeOf(...line));
    }),
  ];

/** Along an axis: each element from those before it and itself (or, exclusive, only those before). */
const running =
  (combine: (line: readonly number[], call: ReferenceCall) => number): Reference =>
  (call) => {
    const x = inputOf(call);
    const axis = numberOf(call, 'axis');
    const { exclusive, reverse } = call.attributes;
    const before = (place: readonly number[]): readonly number[] => {
      const whole = Array.from({ length: x.shape[axis] as number }, (_, along) =>
        at(
          x,
          place.map((each, other) => (other === axis ? along : each)),
        ),
      );
      const here = place[axis] as number;
      const skipped = exclusive === true ? 1 : 0;
      return reverse === true ? whole.slice(here + skipped) : whole.slice(0, here + 1 - skipped);
    };
    return [
      {
        ...filled(x.shape, (place) => combine(before(place), call)),
        terms: filled(x.shape, (place) => magnitudes(before(place))).data,
      },
    ];
  };

/** NaN first, then from the largest; of equal ones the first. */
const topK: Reference = (call) => {
  const x = inputOf(call);
  const k = numberOf(call, 'k');
  const rank = (value: number): number => (Number.isNaN(value) ? 0 : 1);
  const picked = lines(x, [x.shape.length - 1]).flatMap((line) =>
    line
      .map((value, place) => ({ value, place }))
      .sort(
        (a, b) =>
          rank(a.value) - rank(b.value) ||
          Number(b.value > a.value) - Number(b.value < a.value) ||
          a.place - b.place,
      )
      .slice(0, k),
  );
  return [
    { data: Float64Array.from(picked, ({ value }) => value) },
    { data: Float64Array.from(picked, ({ place }) => place) },
  ];
};

const softmax: Reference = (call) => {
  const logits = inputOf(call, 'logits');
  const rows = lines(logits, [logits.shape.length - 1]);
  const data = rows.flatMap((row) => {
    const largest = Math.max(...row);
    const powers = row.map((value) => Math.exp(value - largest));
    return powers.map((power) => power / sumOf(powers));
  });
  return [{ data: Float64Array.from(data) }];
};

export const otherReductionReferences = {
  ArgMax: position(Math.max),
  ArgMin: position(Math.min),
  Cumprod: running((line, call) =>
    isOfInts(call) ? wholeProduct(line) : line.reduce((product, value) => product * value, 1),
  ),
  Cumsum: running((line, call) => (isOfInts(call) ? wholeSum(line) : sumOf(line))),
  Softmax: softmax,
  TopK: topK,
} satisfies { readonly [K in Kernel]?: Reference };
