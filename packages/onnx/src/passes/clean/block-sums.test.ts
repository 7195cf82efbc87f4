import { generator, seedFrom } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import { applyPass } from '../../builder/rewrite-graph.js';
import { graphOf, operatorsAfter, outputsOf } from '../../testing/pass-check.js';
import { blockSums } from './block-sums.js';

/** At most three levels of blocks of at most 512, each of whose additions rounds by 2⁻²⁴ of Σ |x|. */
const BOUND = 3 * 512 * 2 ** -24;

/** The sums along `axes`, added in float64. */
function sums(data: Float32Array, shape: readonly number[], axes: readonly number[]): readonly number[] {
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const result = new Array<number>(sizeOf(kept)).fill(0);
  data.forEach((x, index) => {
    let [rest, place, stride] = [index, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] as number;
      if (!axes.includes(axis)) {
        place += (rest % size) * stride;
        stride *= size;
      }
      rest = Math.floor(rest / size);
    }
    result[place] = (result[place] as number) + x;
  });
  return result;
}

const CASES: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[100_000], [0]],
  [[99_991], [0]], // a prime: no block divides it
  [[3, 20_000], [1]],
  [[20_000, 3], [0]],
  [[9_973, 3], [0]],
  [
    [100, 100, 7],
    [0, 1],
  ],
  [
    [90, 7, 90],
    [0, 2],
  ],
  [[2, 9_000, 3], [1]],
  [
    [5_000, 2, 5, 3],
    [0, 2],
  ],
  [
    [4, 80, 2, 80, 3],
    [1, 3],
  ],
  [
    [600, 4, 10, 600],
    [0, 3],
  ],
];

describe('blockSums', () => {
  test.each(CASES)(
    'of shape %j along %j gives sums and means as near as its blocks are short',
    async (shape, axes) => {
      const random = generator(seedFrom(sizeOf(shape)));
      // Positive, so that Σ |x| is the sum; and all alike, as rounding adds up most.
      for (const fill of [() => random.uniform(), () => 0.1]) {
        const data = Float32Array.from({ length: sizeOf(shape) }, fill);
        const graph = graphOf([shape], (b, [x]) => [
          b.reduce('ReduceSum', x!, axes, false),
          b.reduce('ReduceMean', x!, axes, true),
        ]);
        const [sum, mean] = await outputsOf(applyPass(graph, blockSums), [data]);
        const expected = sums(data, shape, axes);
        const count = sizeOf(axes.map((axis) => shape[axis] as number));
        expect(mean?.shape).toEqual(shape.map((size, axis) => (axes.includes(axis) ? 1 : size)));
        expected.forEach((value, index) => {
          expect(Math.abs(Number(sum?.data[index]) / value - 1)).toBeLessThan(BOUND);
          expect(Math.abs((Number(mean?.data[index]) / value) * count - 1)).toBeLessThan(BOUND);
        });
      }
    },
  );

  test('leaves sums of at most 4096 numbers, and unknown sizes', async () => {
    const short = graphOf([[4096, 3]], (b, [x]) => [b.reduce('ReduceSum', x!, [0], false)]);
    expect(await operatorsAfter(blockSums, short)).toBe('ReduceSum');
    const unknown = graphOf([[-1, 3]], (b, [x]) => [b.reduce('ReduceSum', x!, [0], false)]);
    expect(applyPass(unknown, blockSums).nodes.map(({ op }) => op)).toEqual(['ReduceSum']);
  });

  test('splits a known axis next to an unknown one', () => {
    const graph = graphOf([[-1, 10_000]], (b, [x]) => [b.reduce('ReduceSum', x!, [1], false)]);
    expect(applyPass(graph, blockSums).nodes.map(({ op }) => op)).toEqual([
      'Reshape',
      'ReduceSum',
      'ReduceSum',
    ]);
  });
});
