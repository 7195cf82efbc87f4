// Moments against exact sums by another way, and against published figures.
import { numberColumn } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { statisticContract } from '../statistic/contract.js';
import { drawNumber, numbersOf } from '../testing/drawn.js';
import { resultOf } from '../testing/evaluated.js';
import { exactMoments } from '../testing/exact.js';
import { moments, type NumberMoments } from './moments.js';

for (const format of ['float64', 'float32', 'int32'] as const) {
  const column = numberColumn(format);
  statisticContract(`moments of ${format}`, {
    make: (options) => moments(column, options),
    columns: [column],
    draw: (random) => drawNumber(random, format),
    expected: (rows) => exactMoments(numbersOf(rows).filter(Number.isFinite)),
  });
}

// Numbers that differ in their ninth digit alone, of which a sum of squares in float64 keeps none.
statisticContract('moments of 1e8 + {1, 2, 3}', {
  make: (options) => moments(numberColumn(), options),
  columns: [numberColumn()],
  draw: (random) => 1e8 + 1 + random.below(3),
  expected: (rows) => exactMoments(numbersOf(rows)),
});

const momentsOf = (...clients: readonly (readonly number[])[]): Promise<NumberMoments> =>
  resultOf(moments(numberColumn()), numberColumn(), ...clients);

describe('moments', () => {
  test('keep all digits of 1e8 + {1, 2, 3}, of which a sum of squares in float64 loses all', async () => {
    const { mean, variance } = await momentsOf([1e8 + 1], [1e8 + 2, 1e8 + 3]);
    // The squares of −1, 0 and 1, over three.
    expect([mean, variance]).toEqual([1e8 + 2, 2 / 3]);
  });

  test('give what TensorFlow Transform asserts of partial moments', async () => {
    // analyzers_test: means and variances of batches that were combined.
    const first = await momentsOf([1, 2, 3, 4, 5, 6, 7], [1e15, 2e15, 3000], [100, 200]);
    expect(first.mean).toBeCloseTo(2.5e14, -3);
    expect((first.variance as number) / 3.541666666665e29).toBeCloseTo(1, 12);
    const repeated = Array.from({ length: 65_535 }, () => [8, 9, 10, 11, 12]).flat();
    const second = await momentsOf([1, 2, 3, 4, 5, 6, 7], repeated, [100, 200, 3000]);
    expect(second.mean).toBeCloseTo(10.00985092, 8);
    expect(second.variance).toBeCloseTo(29.41818576, 8);
  });

  test('give what TensorFlow Data Validation asserts of 1, 2, 3, 4, 5, 1', async () => {
    // basic_stats_generator_test: mean 2.66666666, std_dev 1.49071198, of the population.
    const { mean, stddev } = await momentsOf([1, 2], [3, 4, 5], [1]);
    expect(mean).toBe(16 / 6);
    expect(stddev).toBeCloseTo(1.49071198, 8);
  });
});
