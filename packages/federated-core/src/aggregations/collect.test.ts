import { describe, expect, test } from 'vitest';
import { float32, float64, string, struct } from '../types/types.js';
import { type Tensor, tensor } from '../values/tensor.js';
import { collectReduction, sampleReduction } from './collect.js';
import type { Accumulator } from './reduction.js';

const number = (value: number): Tensor => tensor('float32', [], Float32Array.of(value));
const text = (value: string): Tensor => tensor('string', [], [value]);

describe('collectReduction', () => {
  const collect = collectReduction({ update: struct([float32(), string()]) });
  const lane = (...updates: readonly (readonly [number, string])[]): Accumulator =>
    updates.reduce<Accumulator>(
      (kept, [a, b]) => collect.accumulate(kept, [number(a), text(b)]) as Accumulator,
      collect.zero() as Accumulator,
    );

  test('`collectReduction` reports columns in the order of lanes when lanes differ in size', () => {
    const merged = [lane([1, 'a']), lane([2, 'b'], [3, 'c'], [4, 'd']), lane(), lane([5, 'e'])].reduce(
      (left, right) => collect.merge(left, right) as Accumulator,
    );
    expect(collect.report(merged)).toEqual([
      tensor('float32', [5], Float32Array.of(1, 2, 3, 4, 5)),
      tensor('string', [5], ['a', 'b', 'c', 'd', 'e']),
    ]);
  });

  test('`collectReduction` copies no update again when lanes are merged', () => {
    const left = lane([1, 'a'], [2, 'b']);
    const right = lane([3, 'c']);
    const parts = [...left, ...right].map(({ data }) => data);
    const merged = collect.merge(left, right) as Accumulator;
    expect(merged.map(({ data }) => data)).toEqual(parts);
    for (const [index, { data }] of merged.entries()) expect(data).toBe(parts[index]);
  });

  test('`collectReduction` keeps a copy when the memory of an update is used again', () => {
    const update = [number(1), text('a')];
    const kept = collect.accumulate(collect.zero() as Accumulator, update) as Accumulator;
    (update[0]!.data as Float32Array)[0] = 9;
    expect(collect.report(kept)).toEqual([
      tensor('float32', [1], Float32Array.of(1)),
      tensor('string', [1], ['a']),
    ]);
  });
});

describe('sampleReduction', () => {
  test('`sampleReduction` keeps the smallest draws, and of equal ones the earlier client’s, in cohort order', async () => {
    const sample = sampleReduction({ update: struct([float32(), float64()]) }, 3);
    const draws = [0.5, 0.25, 0.5, 0.75, 0.5, 0.125];
    const lane = (from: number, to: number): Accumulator =>
      draws
        .slice(from, to)
        .reduce<Accumulator>(
          (kept, draw, index) =>
            sample.accumulate(kept, [
              number(from + index),
              tensor('float64', [], Float64Array.of(draw)),
            ]) as Accumulator,
          [],
        );
    // The smallest are 0.125 (client 5), 0.25 (client 1), and the first of three that drew 0.5 (client 0).
    const expected = [tensor('float32', [3], Float32Array.of(0, 1, 5))];
    expect(await sample.report(lane(0, 6))).toEqual(expected);
    for (const cut of [1, 2, 3, 4, 5]) {
      expect(await sample.report(await sample.merge(lane(0, cut), lane(cut, 6)))).toEqual(expected);
    }
  });
});
